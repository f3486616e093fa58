/**
 * What a screen shows after a snapshot and the facts that followed it, beside what it shows from the snapshot taken
 * afterwards. Reads {before, facts, after} on its input. For tests/console/test_facts_of_screens.py.
 */
import { readFileSync } from "node:fs";
import { holderTag, whatItIs } from "../../static/js/room/card.js";
import { cards } from "../../static/js/room/order.js";
import { calling } from "../../static/js/room/patterns.js";
import { fromSnapshot, reduce } from "../../static/js/room/store.js";

const ME = { user_id: 0 };

const shown = ({ key, priority, exercise, at, row }) => ({
  key, priority, exercise, at, number: row.number, place: row.place_label, what: whatItIs(row), tag: holderTag(row, ME, new Map()),
  holder: row.taken_user_id ?? null, taken: row.taken_at ? Date.parse(row.taken_at) : null, state: row.state ?? null, doubt: row.doubt ?? null,
  closed: row.closed_at ? Date.parse(row.closed_at) : null, presses: row.presses, cancelled: row.cancelled, escalated: row.escalated,
  calls: row.calls ?? null, alerts: [...(row.alert_ids ?? [])].sort(), orders: (row.orders ?? []).map((order) => order.order_id),
  leftOut: (row.left_out ?? []).map((one) => one.code), lat: row.lat, lon: row.lon,
});

const screen = (state) => {
  const { real, exercise, closed } = cards(state);
  return { real: real.map(shown), exercise: exercise.map(shown), closed: closed.map(shown), sound: calling(state) };
};

const { before, facts, after } = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify({ told: screen(reduce(fromSnapshot(before), facts).state), read: screen(fromSnapshot(after)) }));
