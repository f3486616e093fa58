/** What the bar says of the link: measured, never assumed. */
import { mark, say } from "./elements.js";
import { delay, time } from "./format.js";
import { fill, gettext } from "./words.js";

/**
 * @param {ReturnType<typeof import("./linkstate.js").view>} view
 * @param {(monotonic: number) => number} wall turns a monotonic moment into the server's time
 */
export function words(view, wall) {
  const since = view.since === null ? "" : time(wall(view.since));
  return {
    connecting: () => gettext("Connecting…"),
    live: () => view.latency === null ? gettext("Live") : fill(gettext("Live · %(delay)s"), { delay: delay(view.latency) }),
    late: () => fill(gettext("Late · %(delay)s"), { delay: delay(view.latency ?? 0) }),
    polling: () => fill(gettext("Reading every 2 s · no live link since %(since)s"), { since }),
    lost: () => view.retryIn
      ? fill(gettext("Link lost since %(since)s · trying again in %(n)s s"), { since, n: Math.ceil(view.retryIn / 1000) })
      : fill(gettext("Link lost since %(since)s · trying again"), { since }),
    "signed-out": () => gettext("Your session has ended: sign in again"),
    forbidden: () => gettext("You may no longer open this room"),
  }[view.name]();
}

export class LinkBar {
  /** @param {HTMLElement} bar the whole header @param {HTMLElement} text @param {import("./clock.js").ServerClock} clock */
  constructor(bar, text, clock) {
    Object.assign(this, { bar, text, clock, name: "" });
    this.status = bar.querySelector("[data-part=link-status]");
  }

  /** @param {ReturnType<typeof import("./linkstate.js").view>} view */
  show(view) {
    const wall = (monotonic) => this.clock.now() - (this.clock.monotonic() - monotonic);
    mark(this.bar, "data-link", view.name);
    say(this.text, words(view, wall));
    // Screen readers hear a change of state, not every measure.
    if (view.name !== this.name) say(this.status, view.name === "live" ? gettext("The link is live.") : words(view, wall));
    this.name = view.name;
  }
}
