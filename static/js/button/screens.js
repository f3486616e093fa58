// One screen at a time, and the question that must be answered before something is undone.

import { t } from "./words.js";

const NAMES = ["setup", "ready", "call", "trial", "settings"];

export const $ = (id) => document.getElementById(id);

export function show(name) {
  if (document.body.dataset.screen === name) return;
  document.body.dataset.screen = name;
  for (const other of NAMES) $(other).hidden = other !== name;
  $("open-settings").hidden = name === "setup" || name === "call";
  scrollTo(0, 0);
}

export function shown() {
  return document.body.dataset.screen;
}

/** Ask; true for the dangerous answer. */
export function sure(question, yes) {
  const dialog = $("sure");
  $("sure-title").textContent = t(question);
  $("sure-yes").textContent = t(yes);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
