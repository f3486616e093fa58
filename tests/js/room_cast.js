/** The cast of the room's tests: facts as the server sends them (fixtures/facts.json), and shorter ones. */
import { readFileSync } from "node:fs";

/** @returns {any[]} a fresh copy each time */
export const story = () => JSON.parse(readFileSync(new URL("fixtures/facts.json", import.meta.url), "utf8"));

/** The story up to and with the first fact of this kind. */
export const upTo = (kind) => {
  const facts = story();
  return facts.slice(0, facts.findIndex((fact) => fact.kind === kind) + 1);
};

let id = 1000;
export const fact = (kind, data) => ({ id: (id += 1), at: "2026-11-22T14:00:00+00:00", kind, data, actor: null });

export const incident = (incidentId, fields = {}) => ({
  incident_id: incidentId, number: `I-2026-${String(incidentId).padStart(5, "0")}`, priority: 2, nature: "alert_button",
  title: `Place ${incidentId}`, place_label: `Place ${incidentId}`, address: "", site_code: `S-${incidentId}`, lat: 43.7, lon: 7.27,
  opened_at: `2026-11-22T13:00:${String(incidentId % 60).padStart(2, "0")}+00:00`, exercise: false, state: "open", doubt: "standing",
  taken_by: null, taken_user_id: null, taken_at: null, presses: 1, alerts: 1, alert_ids: [], closed_at: null, outcome: null,
  orders: [], left_out: [], ...fields,
});

export const alert = (alertId, fields = {}) => ({
  alert_id: alertId, number: `A-2026-${alertId}`, device_kind: "button", place_label: `Place ${alertId}`, address: "", lat: 43.7, lon: 7.27,
  priority: 1, received_at: "2026-11-22T13:00:00+00:00", exercise: false, ...fields,
});

export const snapshot = (fields = {}) => ({ last: 100, now: "2026-11-22T13:03:00+00:00", incidents: [], closed: [], alerts: [], ...fields });
