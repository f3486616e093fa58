// What the owner of the phone decides.

import * as cues from "./cues.js";
import * as place from "./place.js";
import { $, show, sure } from "./screens.js";
import * as store from "./store.js";
import { choose, say } from "./words.js";

export function bindSettings({ home, forgotten }) {
  for (const node of document.querySelectorAll("[data-language]")) {
    node.addEventListener("click", () => choose(node.dataset.language));
  }
  for (const node of document.querySelectorAll("[data-discreet]")) {
    node.addEventListener("click", () => cues.beDiscreet(!cues.discreet()));
  }
  for (const node of document.querySelectorAll("[data-home]")) node.addEventListener("click", home);
  $("open-settings").addEventListener("click", () => show("settings"));
  $("forget").addEventListener("click", async () => {
    if (!(await sure("forget_sure", "forget_yes"))) return;
    for (const name of ["key", "device", "following"]) await store.forget(name);
    await store.empty();
    forgotten();
  });
  $("place").addEventListener("click", async () => {
    const asked = !place.wanted();
    const given = await place.allow(asked);
    say($("place-why"), asked && !given ? "place_denied" : "place_why");
    showPlace();
  });
  cues.show();
  showPlace();
}

function showPlace() {
  $("place").setAttribute("aria-pressed", String(place.wanted()));
}
