/** The spot tiles: the cameras chosen for an incident, why, and where each order stands. */
import { aim } from "./aim.js";
import { el } from "./elements.js";
import { isLive, stateLabel } from "./estate.js";
import { faultsOf } from "./faults.js";
import { band, bearing, density, metres, shortTime, time } from "./format.js";
import { because } from "./reasons.js";
import { fill, gettext } from "./words.js";

export const MOST = 4;
const USUAL_FIELD = 40;

/** "38 m · 212 px/m · recognise": where it is narrow, lines end after a dot, never inside a figure. @param {any} order */
export const why = (order) =>
  [metres(order.distance_m), density(order.density_px_m), band(order.band)].filter(Boolean).map((part) => part.replaceAll(" ", "\u00a0")).join("\u00a0· ");

const STANDS = () => ({
  sent: gettext("sent"), done: gettext("turned"), failed: gettext("did not turn"), superseded: gettext("replaced"),
});

/** Why this picture is not the place, in a sentence; empty while nothing is wrong. @param {any} order */
export function wrong(order) {
  const words = {
    failed: gettext("did not turn: %(why)s"), late: gettext("not there yet: %(why)s"), strayed: gettext("looks elsewhere: %(why)s"),
  }[order?.state];
  return words && order.result ? fill(words, { why: because(order.result) }) : "";
}

/** Where the order stands, with its time. @param {any} order */
function standing(order) {
  if (wrong(order)) return time(order.done_at ?? order.ordered_at);
  const done = STANDS()[order.state];
  return done
    ? fill(gettext("%(state)s %(time)s"), { state: done, time: time(order.done_at ?? order.ordered_at) })
    : fill(gettext("ordered %(time)s"), { time: time(order.ordered_at) });
}

/**
 * @param {any} order
 * @param {{priority: number, camera?: any, place?: string, onclick?: () => void, tag?: string}} how
 */
export function tile(order, { priority, camera, place, onclick, tag = "button" }) {
  const away = camera && !isLive(camera);
  const troubles = [wrong(order), faultsOf(camera)].filter(Boolean).join(" · ");
  return el(
    tag,
    {
      class: `tile ${away || wrong(order) ? "away" : ""}`.trim(), type: tag === "button" ? "button" : null, onclick, "data-camera": order.code, draggable: "true",
      title: [`${order.code} · ${order.name}`, wrong(order), because(order)].filter(Boolean).join("\n"),
    },
    aim(order, { priority, hfov: camera?.hfov_deg ?? USUAL_FIELD }),
    el("span", { class: "top" },
      el("b", null, place ?? `${order.code} · ${order.name}`),
      el("span", { class: away || wrong(order) ? "late" : "" },
        away ? stateLabel(camera.state) : [
          el("span", { class: "long" }, standing(order)),
          el("span", { class: "short", "aria-hidden": "true" }, time(order.done_at ?? order.ordered_at)),
        ])),
    el("span", { class: "bot" },
      troubles ? el("span", { class: "why late" }, troubles) : el("span", { class: "why" }, why(order)),
      el("span", { class: "turn" }, bearing(order.bearing_deg))),
  );
}

/** The cameras that were left out, each with its reason: silence would look like a choice. @param {any[]} leftOut @param {string} [title] */
export function leftOutTile(leftOut, title = gettext("Left out")) {
  return el("div", { class: "tile out" },
    el("h3", { class: "overline" }, title),
    el("ul", null, leftOut.map((one) => el("li", null, el("b", null, one.code), ` ${because(one)}`))));
}

export class Tiles {
  /** @param {HTMLElement} root @param {{onCamera: (order: any) => void}} options */
  constructor(root, { onCamera }) {
    Object.assign(this, { root, onCamera, drawn: "" });
  }

  /**
   * @param {any | null} incident
   * @param {Map<number, any>} cameras by id
   * @param {string} [openedAt]
   */
  show(incident, cameras) {
    const orders = (incident?.orders ?? []).slice(0, MOST);
    const leftOut = incident?.left_out ?? [];
    const states = orders.map(({ camera_id: id }) => [cameras.get(id)?.state, faultsOf(cameras.get(id))]);
    const drawn = JSON.stringify([incident?.incident_id, incident?.priority, orders, leftOut, states]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.root.dataset.count = String(orders.length);
    this.root.classList.toggle("with-out", leftOut.length > 0);
    if (orders.length === 0) {
      this.root.replaceChildren(this.nothing(incident, leftOut));
      return;
    }
    // What becomes of an order draws the tiles anew: the keys stay on the one they were on.
    const focused = this.root.contains(document.activeElement) ? document.activeElement.closest("[data-camera]")?.dataset.camera : null;
    this.root.replaceChildren(
      ...orders.map((order) => tile(
        { ordered_at: incident.opened_at, ...order },
        { priority: incident.priority, camera: cameras.get(order.camera_id), onclick: () => this.onCamera(order) },
      )),
      ...(leftOut.length ? [leftOutTile(leftOut)] : []),
    );
    if (focused) /** @type {HTMLElement | null} */ (this.root.querySelector(`[data-camera="${CSS.escape(focused)}"]`))?.focus();
  }

  nothing(incident, leftOut) {
    if (!incident) {
      return el("p", { class: "tile none rest" },
        el("span", null, gettext("The cameras chosen for an alert stand here, with the reason of each choice.")));
    }
    if (leftOut.length) return leftOutTile(leftOut, gettext("No camera turned, and why"));
    const late = incident.closed_at ? shortTime(incident.closed_at) : "";
    return el("p", { class: "tile none" },
      late ? gettext("No camera was turned for this incident.") : gettext("No camera sees this place: send somebody, or call the site."));
  }
}
