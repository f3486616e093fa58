/** The number fields of a Django form, read and written as numbers. */

export class Fields {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
  }

  /** The control of a field; null where the form shows it as text only. */
  control(name) {
    return this.form.elements.namedItem(name);
  }

  number(name) {
    const written = this.control(name)?.value.trim().replace(',', '.') ?? '';
    return written === '' ? Number.NaN : Number(written);
  }

  text(name) {
    return this.control(name)?.value ?? '';
  }

  /** Write as a person would have: whoever listens to the field hears it. */
  write(name, value, decimals) {
    const control = this.control(name);
    if (!control) return;
    control.value = String(Number(value.toFixed(decimals)));
    control.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /** Call back on every change of one of these fields, while typing too. */
  watch(names, callback) {
    const heard = new Set(names);
    for (const type of ['input', 'change']) {
      this.form.addEventListener(type, (event) => heard.has(event.target.name) && callback(event));
    }
  }
}
