/** What has just come in, found by comparing what the page knows now with before: live, by polling or after an outage. */
import { cards } from "./order.js";
import { fill, gettext, ngettext } from "./words.js";

/**
 * @param {import("./store.js").State} before
 * @param {import("./store.js").State} now
 * @returns {import("./order.js").Card[]} in queue order
 */
export function arrived(before, now) {
  const { real, exercise } = cards(now);
  return [...real, ...exercise].filter((card) => {
    if (card.kind === "alert") return !before.alerts.has(card.id);
    if (card.kind === "signal") return !before.signals.has(card.id);
    if (before.incidents.has(card.id)) return false;
    // An alert that was on the screen and found its incident is not a second arrival.
    if (card.row.alert_ids.some((id) => before.alerts.has(id))) return false;
    return ![...before.signals.keys()].some((id) => now.signalHome.get(id) === card.id);
  });
}

/** One sentence, however many came. @param {import("./order.js").Card[]} fresh */
export function sentence(fresh) {
  const one = (card) => (card.kind === "signal"
    ? fill(gettext("Software signals: %(what)s, %(place)s"), { what: card.row.title, place: card.row.place_label })
    : fill(gettext("Priority %(n)s: %(place)s"), { n: card.priority, place: card.row.place_label }));
  if (fresh.length <= 2) return fresh.map(one).join(" · ");
  const urgent = fresh.filter((card) => card.priority === 1).length;
  const words = fill(ngettext("%(n)s new alert", "%(n)s new alerts", fresh.length), { n: fresh.length });
  if (urgent === 0) return words;
  return `${words}, ${fill(ngettext("%(n)s of priority 1", "%(n)s of priority 1", urgent), { n: urgent })}`;
}
