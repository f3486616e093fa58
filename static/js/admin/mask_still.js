import { gettext } from '../map/words.js';

/** The picture under the masks: a look is opened (and written) first, then one still is fetched with its token. */

const csrf = () => document.querySelector('[name=csrfmiddlewaretoken]').value;

async function said(answer) {
  try {
    const { title, detail, what_to_do: act } = await answer.json();
    return [title, detail, act].filter(Boolean).join(' ');
  } catch {
    return gettext('The centre does not answer: try again in a moment.');
  }
}

const TRIES = 12;
const AGAIN = 400;

/** One still; one taken before the camera came to rest is not shown: the next is waited for. */
async function taken(stage, token, since) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const answer = await fetch(stage.dataset.stillUrl, { headers: { 'X-Look': token }, cache: 'no-store' });
    if (!answer.ok) throw new Error(await said(answer));
    const takenAt = new Date(answer.headers.get('X-Taken-At'));
    if (since === null || takenAt >= since) return { answer, takenAt };
    await new Promise((resolve) => { setTimeout(resolve, AGAIN); });
  }
  throw new Error(gettext('The centre does not answer: try again in a moment.'));
}

/**
 * @param {HTMLElement} stage
 * @param {Date | null} [since] not a picture taken before
 * @returns {Promise<{seen: string, takenAt: Date}>} what names the picture; throws an Error in words
 */
export async function openPicture(stage, since = null) {
  const look = await fetch(stage.dataset.lookUrl, { method: 'POST', headers: { 'X-CSRFToken': csrf() } });
  if (!look.ok) throw new Error(await said(look));
  const { token } = await look.json();
  const { answer, takenAt } = await taken(stage, token, since);
  const picture = await createImageBitmap(await answer.blob());
  const canvas = stage.querySelector('canvas');
  Object.assign(canvas, { width: picture.width, height: picture.height });
  canvas.getContext('2d').drawImage(picture, 0, 0);
  stage.querySelector('[data-none]').hidden = true;
  stage.dataset.open = 'yes';
  fetch('/api/v1/looks/end/', {
    method: 'POST', headers: { 'X-CSRFToken': csrf(), 'Content-Type': 'application/json' }, body: JSON.stringify({ tokens: [token] }),
  });
  return { seen: answer.headers.get('X-Still'), takenAt };
}

/** @param {number[][][]} polygons parts of the picture, as kept */
export const areas = () => JSON.parse(document.getElementById('mask-polygons').textContent);

/** @param {string} name @param {Record<string, string | number>} attributes */
export function svg(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
