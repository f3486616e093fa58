// Making this phone an alert button: a key typed, pasted, or carried by the link the centre gave.

import { call, Unreachable, useKey } from "./centre.js";
import { $, show } from "./screens.js";
import * as store from "./store.js";
import { say } from "./words.js";

/** The key in `#key=…`, taken out of the address at once so that nobody reads it over a shoulder. */
export function keyInAddress() {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return key?.trim() || null;
}

export function bindSetup(device, ready) {
  $("setup-form").addEventListener("submit", (event) => {
    event.preventDefault();
    tryKey($("key").value.trim(), device, ready);
  });
}

/** Use this key if the centre knows it; else say why not. */
export async function tryKey(key, device, ready) {
  if (!key.startsWith("nsk_")) return refuse("setup_empty");
  $("setup-go").disabled = true;
  say($("setup-go"), "setup_checking");
  try {
    const { status, body } = await call(device, { as: key });
    if (status !== 200) return refuse(null, `${body.title ?? ""} ${body.what_to_do ?? ""}`.trim());
    await store.keep("key", key);
    await store.keep("device", body);
    useKey(key);
    $("key").value = "";
    $("setup-said").hidden = true;
    ready(body);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    refuse("setup_unreachable");
  } finally {
    $("setup-go").disabled = false;
    say($("setup-go"), "setup_go");
  }
}

function refuse(name, sentence) {
  show("setup");
  if (name) say($("setup-said"), name);
  else $("setup-said").textContent = sentence;
  $("setup-said").hidden = false;
  $("key").focus();
}
