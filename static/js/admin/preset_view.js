import { gettext } from '../map/words.js';
import { Head } from './head.js';
import { openPicture } from './mask_still.js';

/** The view a preset is taken from: turned with buttons, seen once the head stands still. */

for (const form of document.querySelectorAll('form[data-preset-view]')) {
  const head = new Head(form);
  const said = form.querySelector('[data-said]');
  head.buttons(said, async () => {
    const { restedBy } = await head.still();
    await openPicture(form.querySelector('[data-mask-stage]'), restedBy);
    said.textContent = gettext('This is what the preset will show.');
  });
}
