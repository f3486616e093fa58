// Hold to confirm: finger, mouse, Space or Enter. A glove may slide a little; a quick touch sends nothing.

const HOLD_MS = 1_000;
const SLIDE_PX = 90;

/** `begin` when the hold starts, `sure` once it is full, `early` when it was released too soon. */
export function holdable(button, { begin = () => {}, sure, early = () => {}, arm = () => {} }) {
  let timer = null;
  let from = null;
  let armed = 0;
  let lastHold = 0;

  function start(x = 0, y = 0) {
    if (timer || button.disabled) return;
    from = [x, y];
    button.classList.add("holding");
    begin();
    timer = setTimeout(() => {
      stop();
      lastHold = Date.now();
      sure();
    }, HOLD_MS);
  }

  function stop() {
    clearTimeout(timer);
    timer = null;
    lastHold = Date.now();
    button.classList.remove("holding");
  }

  function release() {
    if (!timer) return;
    stop();
    early();
  }

  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture?.(event.pointerId);
    start(event.clientX, event.clientY);
  });
  button.addEventListener("pointermove", (event) => {
    if (timer && Math.hypot(event.clientX - from[0], event.clientY - from[1]) > SLIDE_PX) release();
  });
  for (const name of ["pointerup", "pointercancel", "blur"]) button.addEventListener(name, release);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) start();
  });
  button.addEventListener("keyup", (event) => {
    if (event.key === " " || event.key === "Enter") release();
  });
  // A screen reader activates without holding: it asks twice instead.
  button.addEventListener("click", (event) => {
    event.preventDefault();
    if (Date.now() - lastHold < 700) return;
    if (Date.now() - armed < 6_000) {
      armed = 0;
      sure();
    } else {
      armed = Date.now();
      arm();
    }
  });
}
