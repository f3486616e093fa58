import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "../../static/js/room/clock.js";
import { Link } from "../../static/js/room/link.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("the socket follows the snapshot, also where the log was still empty", async () => {
  const opened = [];
  globalThis.location = { href: "http://centre.example/console/" };
  globalThis.WebSocket = class {
    static OPEN = 1;
    constructor(address) { opened.push(String(address)); }
    close() {}
  };
  globalThis.fetch = async () => ({ ok: true, status: 200, redirected: false, json: async () => ({ last: 0, now: "2026-11-22T13:03:07Z" }) });
  const link = new Link({
    url: "/ws/console/", stateUrl: "/console/state.json", last: () => 0, clock: new ServerClock(() => 0),
    onMessage() {}, onSnapshot() {}, onView() {}, onEnd() {},
  });
  await settled();
  await settled();
  clearInterval(link.timer);
  assert.deepEqual(opened, ["ws://centre.example/ws/console/?after=0"]);
});
