/** The bar above the operator's tiles: how many, which layout, kept under which name, and the wall for who leads. */
import { el, mark, say } from "../room/elements.js";
import { fill, gettext } from "../room/words.js";
import { SIZES } from "./cells.js";

/** @param {import("./mosaic.js").Mosaic} mosaic */
export function layoutBar(mosaic) {
  const { lead } = mosaic.room.config.rights;
  const sizes = SIZES.map((size) => el("button", {
    type: "button", class: "btn square", "aria-label": fill(gettext("%(n)s tiles"), { n: size }), onclick: () => mosaic.resize(size),
  }, String(size)));
  const kept = select(gettext("Layouts of the room"), (id) => mosaic.load(mosaic.known.layouts.find((one) => one.id === id)));
  const tours = select(gettext("Tours of the room"), (id) => mosaic.putTour(id));
  const name = /** @type {HTMLInputElement} */ (el("input", { name: "name", maxlength: "40", required: true, autocomplete: "off", placeholder: gettext("Name of the layout"), "aria-label": gettext("Name of the layout") }));
  const save = el("form", { class: "keep", onsubmit: (event) => submitted(event, () => mosaic.save(name.value.trim())) },
    name, el("button", { class: "btn" }, gettext("Keep")));
  const tour = lead ? tourForm(mosaic) : null;
  const push = lead ? el("button", { type: "button", class: "btn go", "data-key": "W", onclick: () => mosaic.push() }, gettext("On the wall"), " ", el("kbd", null, "W")) : null;
  const clear = lead ? el("button", { type: "button", class: "btn quiet", onclick: () => mosaic.clearWall() }, gettext("Clear the wall")) : null;
  const away = lead ? el("button", { type: "button", class: "btn quiet square", onclick: () => forget(mosaic) }, "✕") : null;
  const back = el("button", { type: "button", class: "btn quiet", onclick: () => mosaic.giveBack(), title: gettext("The chosen alert's cameras leave the wall") }, gettext("Give back"));
  const hangs = el("span", { class: "hangs" });
  const said = el("p", { class: "said", role: "status" });
  const root = el("header", { class: "layout-bar" },
    el("span", { class: "sizes", role: "group", "aria-label": gettext("How many tiles") }, sizes), kept, save, tours, tour?.open, away,
    el("span", { class: "on-the-wall" }, hangs, push, back, clear),
    el("button", { type: "button", class: "btn quiet", onclick: () => mosaic.close() }, gettext("Map"), " ", el("kbd", null, "I")),
    tour?.form, said);

  function draw() {
    const { layouts, tours: all, wall } = mosaic.known;
    sizes.forEach((button, n) => mark(button, "aria-pressed", String(SIZES[n] === mosaic.size)));
    offer(kept, gettext("Layout…"), layouts, layouts.find((one) => one.name === mosaic.name)?.id);
    offer(tours, gettext("Tour…"), all);
    if (document.activeElement !== name) name.value = mosaic.name;
    say(hangs, wall?.size ? fill(gettext("On the wall: %(name)s"), { name: wall.name }) : gettext("The wall follows the alerts alone"));
    back.hidden = !wall?.size;
    if (away) {
      const one = forgettable(mosaic);
      away.hidden = !one;
      if (one) mark(away, "aria-label", fill(gettext("Keep %(name)s no longer"), { name: one.name }));
      mark(away, "title", away.getAttribute("aria-label"));
    }
    if (clear) clear.hidden = !wall?.size;
  }

  return { root, said, draw };
}

/** What the tiles show of what the room keeps: a layout by its name, or the only tour in them. */
function forgettable({ known, name, cells }) {
  const layout = known.layouts.find((one) => one.name === name);
  if (layout) return { kind: "layout", ...layout };
  const tours = new Set(cells.flatMap((cell) => cell?.tour ?? []));
  const tour = tours.size === 1 ? known.tours.find(({ id }) => tours.has(id)) : null;
  return tour ? { kind: "tour", ...tour } : null;
}

/** @param {import("./mosaic.js").Mosaic} mosaic */
function forget(mosaic) {
  const one = forgettable(mosaic);
  if (one) mosaic.removeKept(one.kind, one);
}

function select(label, chosen) {
  return /** @type {HTMLSelectElement} */ (el("select", {
    "aria-label": label,
    onchange: ({ target }) => target.value && chosen(Number(target.value)),
  }));
}

/** @param {HTMLSelectElement} list @param {string} first @param {{id: number, name: string}[]} all @param {number} [now] */
function offer(list, first, all, now = undefined) {
  list.hidden = all.length === 0;
  list.replaceChildren(el("option", { value: "" }, first), ...all.map(({ id, name }) => el("option", { value: id }, name)));
  list.value = now === undefined ? "" : String(now);
}

function submitted(event, act) {
  event.preventDefault();
  act();
  document.activeElement?.blur();
}

/** A box for each day of the week, Monday first, all of them chosen. */
function days() {
  const name = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", timeZone: "UTC" });
  const monday = Date.UTC(2026, 0, 5);
  return [1, 2, 3, 4, 5, 6, 7].map((day) => el("label", null,
    el("input", { type: "checkbox", name: "day", value: String(day), checked: true }), " ", name.format(monday + (day - 1) * 86_400_000)));
}

/** @param {FormData} said @returns {import("./hours.js").Hours[]} */
function hoursOf(said) {
  const [starts, ends] = [String(said.get("starts")), String(said.get("ends"))];
  return starts && ends ? [{ weekdays: said.getAll("day").map(Number), starts, ends }] : [];
}

/** The cameras in the tiles, one after the other: for who leads the room (W-05). */
function tourForm(mosaic) {
  const field = (name, label, more) => el("label", null, label, " ", el("input", { name, required: true, autocomplete: "off", ...more }));
  const form = /** @type {HTMLFormElement} */ (el("form", {
    class: "tour-form", hidden: true,
    onsubmit: (event) => submitted(event, () => {
      const said = new FormData(form);
      form.hidden = true;
      mosaic.saveTour({
        name: String(said.get("name")), purpose: String(said.get("purpose")),
        seconds: Number(said.get("seconds")), together: Number(said.get("together")), hours: hoursOf(said),
      });
    }),
  },
    el("p", { class: "hint" }, gettext("A tour shows the cameras of these tiles one after the other on the wall. Each stop is written down with what it is for.")),
    field("name", gettext("Name"), { maxlength: "40" }), field("purpose", gettext("What for"), { maxlength: "120" }),
    field("seconds", gettext("Seconds each"), { type: "number", min: "5", max: "60", value: "15" }),
    field("together", gettext("Cameras at a time"), { type: "number", min: "1", max: "16", value: "1" }),
    field("starts", gettext("From"), { type: "time", required: null }), field("ends", gettext("To"), { type: "time", required: null }),
    el("fieldset", { class: "days" }, el("legend", null, gettext("On these days")), days()),
    el("p", { class: "hint" }, gettext("Without hours it is shown whenever it hangs. An end before the beginning is the next morning.")),
    el("button", { class: "btn go" }, gettext("Keep this tour")),
    el("button", { type: "button", class: "btn", onclick: () => mosaic.tellTours() }, gettext("Shown against planned"))));
  const open = el("button", {
    type: "button", class: "btn", onclick: () => {
      form.hidden = !form.hidden;
      if (!form.hidden) form.querySelector("input").focus();
    },
  }, gettext("New tour"));
  return { form, open };
}
