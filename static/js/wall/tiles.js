/** The tiles of a wall: an alert's camera with its reason, a camera somebody placed, a stop of a tour, a free place. */
import { aim } from "../room/aim.js";
import { holderTag, nature } from "../room/card.js";
import { el } from "../room/elements.js";
import { because } from "../room/reasons.js";
import { why, wrong } from "../room/tiles.js";
import { fill, gettext } from "../room/words.js";

const USUAL_FIELD = 40;
const stale = () => el("span", { class: "stale-since", "data-part": "stale" });

/** What a spot tile shows: drawn anew when it differs. */
export const spotSays = ({ incident, order }) => {
  const [held] = holderTag(incident, { user_id: 0 }, new Map());
  return JSON.stringify([incident.priority, incident.place_label, order, held, order ? 0 : incident.left_out]);
};

/** @param {{incident: any, order: any | null}} spot */
export function spotTile({ incident, order }) {
  const [held, look] = holderTag(incident, { user_id: 0 }, new Map());
  return el("section", {
    class: `tile p${incident.priority}${incident.exercise ? " ex" : ""}`, "aria-label": incident.place_label,
    "data-camera": order?.code, "data-group": `incident:${incident.incident_id}`,
  },
    el("span", { class: "top" },
      el("span", { class: "place-name" }, el("span", { class: "shape" }, el("i", null, String(incident.priority))), el("b", null, incident.place_label)),
      el("span", { class: "age", "data-since": incident.since })),
    order ? aim(order, { priority: incident.priority, hfov: USUAL_FIELD }) : noPicture(incident),
    el("span", { class: "bot" },
      el("span", { class: order ? `why${wrong(order) ? " late" : ""}` : "what" }, order ? `${order.code} · ${wrong(order) || why(order)}` : nature(incident)),
      el("span", { class: "held" },
        incident.exercise && el("span", { class: "tag ex" }, gettext("exercise")), el("span", { class: `tag ${look}` }, held))),
    stale());
}

/** No camera turned: those near, each with its reason. */
function noPicture({ left_out: leftOut = [] }) {
  if (leftOut.length === 0) return el("p", { class: "calm" }, gettext("No camera sees this place"));
  return el("div", { class: "calm" }, el("p", null, gettext("No camera turned, and why")),
    el("ul", null, leftOut.slice(0, 3).map((one) => el("li", null, el("b", null, one.code), ` ${because(one)}`))));
}

/**
 * A camera on the wall without an alert. `says`: the tour it is a stop of, or nothing.
 * @param {{code: string, name: string, group: string, says?: string}} what
 */
export function placedTile({ code, name, group, says = "" }) {
  return el("section", { class: `tile placed${says ? " tour" : ""}`, "aria-label": `${code} · ${name}`, "data-camera": code, "data-group": group },
    el("span", { class: "top" }, el("span", { class: "place-name" }, el("b", null, [code, name].filter(Boolean).join(" · ")))),
    says !== "" && el("span", { class: "bot" }, el("span", { class: "what" }, says)),
    stale());
}

/** @param {import("./hanging.js").Tour} tour @param {number} at */
export const stopSays = (tour, at) =>
  fill(gettext("Tour %(name)s · %(at)s/%(all)s"), { name: tour.name, at: at + 1, all: tour.stops.length });

/** A free place; the first one says how long it has been quiet. @param {boolean} first */
export const freeTile = (first) =>
  el("section", { class: "tile calm" }, first ? el("p", null, el("b", { "data-part": "quiet" })) : "");
