import { gettext } from '../map/words.js';
import { areas, openPicture, svg } from './mask_still.js';

/** What operators will see: nobody confirms before having opened the picture. */

function start(form) {
  const stage = form.querySelector('[data-mask-stage]');
  const drawing = stage.querySelector('svg');
  const said = form.querySelector('[data-said]');
  const outline = form.querySelector('[data-outline]');
  const confirm = form.querySelector('input[type=submit]');
  const draw = () => {
    const { width, height } = stage.querySelector('canvas');
    drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const shown = outline.getAttribute('aria-pressed') === 'true' ? areas() : [];
    drawing.replaceChildren(...shown.map((area) => svg('polygon', {
      class: 'mask-area', points: area.map(([x, y]) => `${x * width},${y * height}`).join(' '),
    })));
  };
  outline.addEventListener('click', () => {
    outline.setAttribute('aria-pressed', String(outline.getAttribute('aria-pressed') !== 'true'));
    draw();
  });
  form.querySelector('[data-open]')?.addEventListener('click', async ({ currentTarget }) => {
    currentTarget.disabled = true;
    said.textContent = gettext('The picture is on its way.');
    try {
      const { seen, takenAt } = await openPicture(stage);
      form.elements.seen.value = seen;
      confirm.disabled = false;
      said.textContent = `${gettext('Taken at')} ${takenAt.toLocaleTimeString()}`;
      draw();
    } catch (error) {
      said.textContent = error.message;
    }
    currentTarget.disabled = false;
  });
  draw();
}

for (const form of document.querySelectorAll('[data-mask-check]')) start(form);
