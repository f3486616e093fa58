/**
 * Fields that Django's administration leaves without a name for a screen reader: those of rows, which stand under the
 * heading of their column, and those that are searched (select2).
 */
const FIELDS = 'input:not([type="hidden"]), select, textarea';

/** @param {HTMLTableRowElement} row */
function nameRow(row) {
  const headings = row.closest('table').tHead?.rows[0].cells ?? [];
  for (const field of row.querySelectorAll(FIELDS)) {
    const heading = headings[field.closest('td')?.cellIndex]?.textContent.trim();
    if (heading && !field.labels?.length) field.setAttribute('aria-label', heading);
  }
}

function nameSearched() {
  for (const select of document.querySelectorAll('select.select2-hidden-accessible')) {
    const name = select.labels[0]?.textContent.trim() ?? select.getAttribute('aria-label');
    const drawn = select.parentElement.querySelectorAll('.select2 [role="combobox"], .select2 [role="textbox"]');
    for (const part of name ? drawn : []) part.setAttribute('aria-label', name);
  }
}

for (const row of document.querySelectorAll('.tabular tr.form-row')) nameRow(row);
document.addEventListener('formset:added', ({ target }) => {
  if (target.matches('.tabular tr')) nameRow(target);
});
// select2 draws its own whenever it is ready: with the page, or with a row that is added.
new MutationObserver(nameSearched).observe(document.body, { childList: true, subtree: true });
nameSearched();
