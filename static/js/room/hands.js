/** What the operator does by the keys that are always there: take, go back to the alert, leave what is open. */
import * as keys from "./keys.js";

/** @param {any} room */
export function take(room) {
  const act = keys.actFor("Enter");
  if (!room.selected) room.queue.step(1);
  else if (act) act.click();
  // The panel is not there yet: taken as soon as it is.
  room.wantTake = room.selected && !act && room.panel.isLoading ? room.selected : null;
}

/** To the alert being worked, or to the first that calls. @param {any} room */
export function back(room) {
  room.mosaic.close();
  if (!room.selected) {
    const first = room.open()[0];
    if (first) room.select(first.key);
  }
  room.ground.follow();
}

/** The topmost thing that is open closes; with nothing open, what is closed is put away. @param {any} room */
export function leave(room) {
  if (document.querySelector("dialog[open]")) return; // it closes by itself, and nothing behind it
  if (room.menus.close() || room.steering.leave() || room.pictures.leave() || room.mosaic.close() || room.panel.escape()) return;
  if (keys.isTyping(document.activeElement)) document.activeElement.blur();
  else if (room.row(room.selected)?.closed_at || !room.row(room.selected)) room.select(null);
}
