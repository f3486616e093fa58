/** What a fresh fact makes the room do, beyond what is drawn from the store. One map: kind → act. */
import { incidentOf } from "./facts.js";
import { faultLabel } from "./faults.js";
import { because } from "./reasons.js";
import { fill, gettext, ngettext } from "./words.js";

/**
 * What dispatch needs of the room.
 * @typedef {object} Room
 * @property {import("./store.js").State} state
 * @property {{user_id: number}} me
 * @property {{names: Map<number, string>}} presence
 * @property {(text: string) => void} tell said in the bar under the map and to screen readers
 * @property {{flash: (key: string) => void}} queue
 * @property {(incidentId: number | null) => void} changed the panel of this incident is out of date
 * @property {{cameraIs: (id: number, state: string) => void, faultIs: (id: number, fault: string, stands: boolean) => void, readCamerasSoon: () => void}} ground
 * @typedef {import("./store.js").Fact} Fact
 */

const placeOf = (room, fact) =>
  (room.state.incidents.get(incidentOf(room.state, fact)) ?? room.state.alerts.get(fact.data.alert_id))?.place_label ?? fact.data.number;
const mine = (room, fact) => fact.actor === room.me.user_id;

/** @param {Room} room @param {Fact} fact */
function pressedAgain(room, fact) {
  const incidentId = incidentOf(room.state, fact);
  room.tell(fill(ngettext("Pressed again: %(place)s, %(n)s press", "Pressed again: %(place)s, %(n)s presses", fact.data.presses), {
    place: placeOf(room, fact), n: fact.data.presses,
  }));
  if (incidentId !== null) room.queue.flash(`i${incidentId}`);
}

function joined(room, fact) {
  room.tell(fill(gettext("Another alert joined: %(place)s"), { place: placeOf(room, fact) }));
  room.queue.flash(`i${fact.data.incident_id}`);
}

function cancelled(room, fact) {
  room.tell(fill(gettext("The site says it was a mistake: %(place)s. Check all the same."), { place: placeOf(room, fact) }));
}

function unanswered(room, fact) {
  if (fact.data.state !== "escalated") return;
  const incidentId = incidentOf(room.state, fact);
  room.tell(fill(gettext("Not answered: %(place)s. Nobody has taken it."), { place: placeOf(room, fact) }));
  room.queue.flash(incidentId === null ? `a${fact.data.alert_id}` : `i${incidentId}`);
}

function tested(room, fact) {
  room.tell(fill(gettext("Test received: %(place)s"), { place: fact.data.place_label }));
}

function taken(room, fact) {
  if (mine(room, fact)) return;
  const who = fact.data.by || room.presence.names.get(fact.data.user_id) || gettext("a colleague");
  const words = fact.data.from_user_id === room.me.user_id
    ? gettext("%(who)s took %(place)s over from you")
    : gettext("%(who)s took %(place)s");
  room.tell(fill(words, { who, place: placeOf(room, fact) }));
}

function closed(room, fact) {
  if (!mine(room, fact)) room.tell(fill(gettext("Closed: %(place)s"), { place: placeOf(room, fact) }));
}

function wrote(room, fact) {
  if (!fact.data.from_centre) room.tell(fill(gettext("The site writes: %(place)s"), { place: placeOf(room, fact) }));
}

const cameraIs = (room, fact) => room.ground.cameraIs(fact.data.camera_id, fact.data.state);
const estateChanged = (room) => room.ground.readCamerasSoon();

function notKept(room, fact) {
  room.tell(fill(gettext("%(code)s is no longer recorded: call the person on technical duty."), { code: fact.data.code }));
}

function faultFound(room, { data }) {
  room.ground.faultIs(data.camera_id, data.fault, true);
  // Sees nothing: whoever counts on it must know now. Offline was told when it went.
  if (data.severity === 1 && data.fault !== "offline") {
    room.tell(fill(gettext("%(code)s: %(fault)s. A work order is open."), { code: data.code, fault: faultLabel(data.fault) }));
  }
}

const faultOver = (room, { data }) => room.ground.faultIs(data.camera_id, data.fault, false);

function headSilent(room, fact) {
  room.tell(fill(gettext("%(code)s cannot be turned: %(why)s"), { code: fact.data.code, why: because(fact.data) }));
}

function strayed(room, fact) {
  room.tell(fill(gettext("%(code)s no longer shows what it was turned to: %(why)s"), { code: fact.data.code, why: because(fact.data) }));
}

function diskFull(room, fact) {
  room.tell(fill(gettext("No room is left to record on %(node)s: call the person on technical duty."), { node: fact.data.node }));
}

function onTheWall(room, fact) {
  layoutsChanged(room);
  room.tell(fact.data.size ? fill(gettext("On the wall: %(name)s"), { name: fact.data.name }) : gettext("The wall follows the alerts alone"));
}

/** In the panel of each incident that has this camera. */
function bookmarked(room, { data: { code } }) {
  for (const { incident_id: id, orders } of room.state.incidents.values()) if (orders.some((order) => order.code === code)) room.changed(id);
}

/** Somebody else answered it, or it was seen again: the panel that shows it is read anew. */
function signalChanged(room, { data: { signal_id: id } }) {
  if (room.panel.id === `s${id}`) room.panel.refresh();
}

function watchingStopped(room) {
  room.tell(gettext("All software that watches was stopped."));
}

function watchingAgain(room) {
  room.tell(gettext("Software may watch again."));
}

const WHY_ENDED = () => ({ uncovered: gettext("its authorisation has ended"), suspended: gettext("too many of its signals were wrong"), off: gettext("switched off") });

function watchingEnded(room, { data: { camera_code: code, why } }) {
  room.tell(fill(gettext("%(code)s is no longer watched by software: %(why)s."), { code, why: WHY_ENDED()[why] ?? why }));
}

function strained(room, { data: { shed, of } }) {
  room.tell(shed ? fill(ngettext("Software falls behind: %(n)s camera of %(of)s is looked at less often.", "Software falls behind: %(n)s cameras of %(of)s are looked at less often.", shed), { n: shed, of }) : gettext("Software has caught up: it looks at every camera as often as it should."));
}

function passedOver(room, { data: { cameras } }) {
  room.tell(fill(gettext("Software did not look at some pictures of %(codes)s."), { codes: [...new Set(cameras.map((one) => one.code))].slice(0, 6).join(", ") }));
}

const NOT_WATCHED = () => ({
  silent: gettext("no pictures come"), broken: gettext("its pictures cannot be read"), refused: gettext("the detector is missing or another one"),
  mask: gettext("its mask is not in the pictures yet"),
});

function watchFailed(room, { data: { code, why } }) {
  room.tell(fill(gettext("%(code)s should be watched by software and is not: %(why)s."), { code, why: NOT_WATCHED()[why] ?? why }));
}

function watchResumed(room, { data: { code } }) {
  room.tell(fill(gettext("%(code)s is watched by software again."), { code }));
}

const layoutsChanged = (room) => room.mosaic?.readLayoutsSoon();

/** Kinds that change nothing here: an incident's panel is read again for any fact about it, the rest has pages of its own. */
export const SILENT = [
  "alerts.restored", "alerts.device_troubled",
  "detection.began", "detection.authorisation_withdrawn",
  "cameras.head_answers", "cameras.head_changed", "cameras.calibrated",
  "incidents.noted", "incidents.step_ticked", "incidents.linked", "cameras.preset_saved",
  "cameras.mask_drawn", "cameras.mask_checked", "cameras.mask_check_ended", "accounts.habilitation_withdrawn",
  "retention.limit_set", "retention.purge_failed", "retention.caught_up",
  "footage.fault_assigned", "footage.source_changed", "footage.recording_resumed", "footage.purged_early", "footage.shard_taken",
  "footage.extraction_asked", "footage.extraction_validated", "footage.extraction_refused",
  "footage.extraction_failed", "footage.extraction_kept_until", "footage.extraction_sealed", "footage.extraction_handed_over",
  "evidence.requisition_received", "evidence.requisition_paper_attached", "evidence.requisition_extraction_asked",
  "evidence.requisition_checked", "evidence.requisition_validated", "evidence.requisition_refused",
  "evidence.requisition_handed_over", "evidence.requisition_nothing_found", "evidence.hold_released",
  "evidence.hold_extension_received", "evidence.hold_extended", "evidence.hold_extension_refused",
  "evidence.access_asked", "evidence.access_identity_checked", "evidence.access_prepared", "evidence.access_granted",
  "evidence.access_refused", "evidence.access_extended", "evidence.access_answered",
  "footage.blurred_copy_sealed", "footage.blurred_copy_failed", "footage.blurred_copy_handed_over",
];

/** Who steers what: the tiles and the large picture say so. */
const steered = (room, fact) => room.steering?.hear(fact);

function waits(room, fact) {
  steered(room, fact);
  room.tell(fill(gettext("No camera is free for %(place)s: it is next."), { place: placeOf(room, fact) }));
}

function roundChanged(room, { data: { name, state } }) {
  if (state === "due") room.tell(fill(gettext("Video tour due: %(name)s. /tour watches it."), { name }));
}

/** @type {Record<string, (room: Room, fact: Fact) => void>} */
export const ACTS = {
  "cameras.lock_taken": steered,
  "cameras.lock_released": steered,
  "cameras.take_over_asked": steered,
  "cameras.take_over_answered": steered,
  "cameras.alarm_waits": waits,
  "cameras.round_changed": roundChanged,
  "detection.seen_again": signalChanged,
  "detection.confirmed": signalChanged,
  "detection.dismissed": signalChanged,
  "detection.ended": watchingEnded,
  "detection.all_stopped": watchingStopped,
  "detection.strained": strained,
  "detection.pictures_skipped": passedOver,
  "detection.watch_failed": watchFailed,
  "detection.watch_resumed": watchResumed,
  "detection.allowed_again": watchingAgain,
  "console.wall_pushed": onTheWall,
  "console.wall_given_back": layoutsChanged,
  "console.layout_saved": layoutsChanged,
  "console.layout_removed": layoutsChanged,
  "footage.bookmarked": bookmarked,
  "console.tour_saved": layoutsChanged,
  "console.tour_removed": layoutsChanged,
  "alerts.pressed_again": pressedAgain,
  "alerts.cancelled": cancelled,
  "alerts.state_changed": unanswered,
  "alerts.tested": tested,
  "alerts.message_sent": wrote,
  "incidents.joined": joined,
  "incidents.taken": taken,
  "incidents.closed": closed,
  "cameras.state_changed": cameraIs,
  "cameras.head_silent": headSilent,
  "cameras.strayed": strayed,
  "cameras.lost": cameraIs,
  "cameras.returned": cameraIs,
  "cameras.moved": estateChanged,
  "cameras.changed": estateChanged,
  "cameras.registered": estateChanged,
  "cameras.imported": estateChanged,
  "footage.recording_failed": notKept,
  "footage.disk_full": diskFull,
  "footage.fault_found": faultFound,
  "footage.fault_over": faultOver,
};

/** @param {Room} room @param {Fact[]} facts fresh ones, already counted by the store */
export function dispatch(room, facts) {
  const about = new Set();
  for (const fact of facts) {
    ACTS[fact.kind]?.(room, fact);
    about.add(incidentOf(room.state, fact));
  }
  for (const incidentId of about) room.changed(incidentId);
}
