// Testing the button: written down by the centre, opening nothing. It is not queued: a test proves the way now.

import { call, now, Unreachable } from "./centre.js";
import { cue } from "./cues.js";
import { newKey } from "./outbox.js";
import { $, show } from "./screens.js";
import { clock, say } from "./words.js";

export function bindTrial(path, tested) {
  $("open-trial").addEventListener("click", () => {
    state("trial", "trial_title", "trial_why");
    $("trial-go").hidden = false;
    show("trial");
  });
  $("trial-go").addEventListener("click", () => test(path, tested));
}

async function test(path, tested) {
  $("trial-go").disabled = true;
  state("sending", "trial_sending", null);
  try {
    const body = JSON.stringify({ kind: "test", at: now().toISOString() });
    const answer = await call(path, { method: "POST", body, key: newKey() });
    if (answer.status === 201) {
      state("received", "trial_ok", "trial_ok_next", { time: clock(answer.body.received_at) });
      $("trial-go").hidden = true;
      cue("sent");
      tested(answer.body.received_at);
    } else {
      failed(`${answer.body.title ?? ""} ${answer.body.what_to_do ?? ""}`);
    }
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    failed("");
  } finally {
    $("trial-go").disabled = false;
  }
}

function failed(why) {
  state("waiting", "trial_bad", "refused_next");
  if (why.trim()) $("trial-next").textContent = why;
  cue("failed");
}

function state(name, headline, next, values) {
  $("trial-status").dataset.state = name;
  say($("trial-headline"), headline, values);
  say($("trial-next"), next);
}
