// What is felt and heard. Discreet mode: nothing at all.

let audio;

export function discreet() {
  return localStorage.getItem("button.discreet") === "yes";
}

export function beDiscreet(yes) {
  localStorage.setItem("button.discreet", yes ? "yes" : "no");
  show();
}

export function show() {
  document.documentElement.toggleAttribute("data-quiet", discreet());
  for (const node of document.querySelectorAll("[data-discreet]")) {
    node.setAttribute("aria-pressed", String(discreet()));
  }
}

const TONES = {
  sent: [[660, 0, 0.12], [880, 0.14, 0.22]],
  news: [[880, 0, 0.14]],
  failed: [[220, 0, 0.3]],
};
const SHAKES = { down: 20, sent: [60, 60, 120], news: 60, failed: [200, 80, 200] };

export function cue(name) {
  if (discreet()) return;
  navigator.vibrate?.(SHAKES[name] ?? 0);
  if (TONES[name]) play(TONES[name]);
}

function play(tones) {
  try {
    audio ??= new AudioContext();
    audio.resume();
    for (const [hertz, at, seconds] of tones) {
      const tone = audio.createOscillator();
      const level = audio.createGain();
      tone.frequency.value = hertz;
      level.gain.setValueAtTime(0.0001, audio.currentTime + at);
      level.gain.exponentialRampToValueAtTime(0.25, audio.currentTime + at + 0.02);
      level.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + at + seconds);
      tone.connect(level).connect(audio.destination);
      tone.start(audio.currentTime + at);
      tone.stop(audio.currentTime + at + seconds);
    }
  } catch {
    // A phone without sound still calls.
  }
}
