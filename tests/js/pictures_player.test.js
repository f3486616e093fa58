import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

const KEY = 1;
const INIT = 2;
let sockets, buffers, player;

class Socket {
  static OPEN = 1;
  readyState = 1;
  told = [];

  constructor() {
    sockets.push(this);
  }

  send(text) {
    this.told.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  seen() {
    return this.told.filter(({ type }) => type === "seen").map(({ n }) => n);
  }
}

/** As the standard has it: `updating` is false some time before `updateend` is said. */
class Buffer extends EventTarget {
  updating = false;
  appended = 0;
  buffered = { length: 1, start: () => 0, end: () => this.appended * 0.25 };

  appendBuffer() {
    if (this.updating) throw new Error("InvalidStateError");
    this.updating = true;
    this.appended += 1;
  }

  changeType() {
    if (this.updating) throw new Error("InvalidStateError");
  }

  isWritten() {
    this.updating = false;
  }

  ends() {
    this.dispatchEvent(new Event("updateend"));
  }
}

class Source extends EventTarget {
  static isTypeSupported = () => true;
  readyState = "open";

  constructor() {
    super();
    queueMicrotask(() => this.dispatchEvent(new Event("sourceopen")));
  }

  addSourceBuffer() {
    buffers.push(new Buffer());
    return buffers.at(-1);
  }
}

globalThis.WebSocket = Socket;
globalThis.MediaSource = Source;
globalThis.location = { href: "https://centre.example/console/" };
URL.createObjectURL = () => "blob:picture";
URL.revokeObjectURL = () => {};
const { Player } = await import("../../static/js/pictures/player.js");

beforeEach(async () => {
  sockets = [];
  buffers = [];
  const video = { currentTime: 0, paused: true, play: () => Promise.resolve() };
  player = new Player(video, { look: { ws: "/ws/live/C885/", token: "t", qualities: ["sub"] }, quality: "sub", now: Date.now, onView: () => {} });
  await begins();
});
afterEach(() => player.close());

async function begins() {
  sockets.at(-1).onmessage({ data: JSON.stringify({ type: "start", mime: "video/mp4", note: "" }) });
  await new Promise(setImmediate);
}

function comes(number, flags = KEY) {
  const view = new DataView(new ArrayBuffer(17));
  view.setUint8(0, 1);
  view.setUint8(1, flags);
  view.setUint16(2, 250);
  view.setUint32(4, number);
  sockets.at(-1).onmessage({ data: view.buffer });
}

test("a fragment that comes when one is written, but not yet said to be, is counted like any other", () => {
  const [buffer] = buffers;
  comes(0, INIT);
  buffer.isWritten();
  buffer.ends();
  for (let number = 1; number < 65; number += 2) {
    comes(number);
    buffer.isWritten();
    comes(number + 1);
    buffer.ends();
    buffer.isWritten();
    buffer.ends();
  }
  assert.equal(buffer.appended, 65);
  assert.deepEqual(sockets[0].seen(), [16, 32, 48, 64]);
});

test("what the line before left half written is not counted on the next", () => {
  const [buffer] = buffers;
  comes(1);
  player.anew();
  buffer.isWritten();
  buffer.ends();
  for (let number = 2; number < 18; number += 1) {
    comes(number);
    buffer.isWritten();
    buffer.ends();
  }
  assert.deepEqual(sockets[1].seen(), [16]);
});

test("a new beginning waits until the buffer is free, and what it throws away is counted", async () => {
  const [buffer] = buffers;
  for (let number = 1; number < 17; number += 1) comes(number);
  await begins();
  assert.equal(buffers.length, 1);
  comes(1, INIT);
  buffer.isWritten();
  buffer.ends();
  assert.deepEqual(sockets[0].seen(), [16]);
});

test("a line that says nothing at all is opened anew; one on which the camera is said to be lost is not", () => {
  player.heardAt -= 13_000;
  player.turn();
  assert.equal(sockets.length, 2);
  sockets.at(-1).onmessage({ data: JSON.stringify({ type: "lost", since: null }) });
  player.heardAt -= 13_000;
  player.turn();
  assert.equal(sockets.length, 2);
});
