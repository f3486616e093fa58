/** Finding the parts of the page that scripts fill: they carry data-part. */

/** @param {string} name @returns {any} */
export const part = (name) => document.querySelector(`[data-part="${name}"]`);

/** What the server gives a page's scripts. @param {string} id of the json_script element */
export const given = (id) => JSON.parse(document.getElementById(id).textContent);

/** After the next frame is on the screen; a hidden page draws none. @returns {Promise<void>} */
export const painted = () => new Promise((resolve) => {
  if (document.hidden) setTimeout(resolve, 0);
  else requestAnimationFrame(() => setTimeout(resolve, 0));
});
