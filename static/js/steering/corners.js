/** "alarm · 1:26" in the corner of each tile: who steers its camera, and for how long. */
import { el, mark, say } from "../room/elements.js";
import { because } from "../room/reasons.js";
import * as words from "./words.js";

/** @param {HTMLElement} root @param {import("./holds.js").Holds} holds @param {number} now */
export function corners(root, holds, now) {
  for (const tile of root.querySelectorAll("[data-camera]")) {
    const { camera } = /** @type {HTMLElement} */ (tile).dataset;
    const hold = holds.of(camera);
    let corner = tile.querySelector(".hold");
    if (!hold) {
      corner?.remove();
      mark(tile, "data-held", null);
      continue;
    }
    if (!corner) {
      corner = el("span", { class: "hold" });
      (tile.querySelector(".bot") ?? tile).append(corner);
    }
    mark(tile, "data-held", holds.isMine(camera) ? "mine" : hold.kind);
    say(corner, words.short(hold, holds.me, now));
    mark(corner, "title", [words.sentence(hold, holds.me, now), because(hold)].filter(Boolean).join("\n"));
  }
}
