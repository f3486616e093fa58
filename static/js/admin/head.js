import { gettext } from '../map/words.js';

/** The head of a camera, from a page of the administration: turned a little, and asked where it looks. */

const TRIES = 40;
const AGAIN = 250;
/** What a camera sends is a little older than the centre's clock says. */
const OLD = 500;

export class Head {
  /** @param {HTMLFormElement} form names the door in `data-turn-url` */
  constructor(form) {
    this.form = form;
  }

  /** @param {string} turn one of the buttons, or nothing: only asked @returns what its motors count, and whether they turn */
  async ask(turn = '') {
    const answer = await fetch(this.form.dataset.turnUrl, {
      method: 'POST',
      headers: { 'X-CSRFToken': this.form.elements.csrfmiddlewaretoken.value },
      body: new URLSearchParams({ turn }),
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error([told.title, told.detail, told.what_to_do].filter(Boolean).join(' '));
    return told;
  }

  /** Where it looks once it has come to rest; pictures taken after `restedBy` show that. */
  async still() {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const where = await this.ask();
      if (!where.moving) return { ...where, restedBy: new Date(Date.parse(where.at) + OLD) };
      await new Promise((resolve) => { setTimeout(resolve, AGAIN); });
    }
    throw new Error(gettext('The camera does not stand still: somebody else steers it.'));
  }

  /** The buttons that turn it, and the one that opens the picture: one thing at a time, trouble in words.
   * @param {HTMLElement} said @param {() => Promise<void>} open */
  buttons(said, open) {
    const all = this.form.querySelectorAll('button');
    const busy = async (work) => {
      for (const button of all) button.disabled = true;
      said.textContent = gettext('The picture is on its way.');
      try {
        await work();
      } catch (error) {
        said.textContent = error.message;
      }
      for (const button of all) button.disabled = false;
    };
    this.form.querySelector('[data-open]').addEventListener('click', () => busy(open));
    for (const button of this.form.querySelectorAll('[data-turn]')) {
      button.addEventListener('click', () => busy(async () => {
        await this.ask(button.dataset.turn);
        await open();
      }));
    }
  }
}
