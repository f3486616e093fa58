import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Inbox } from "../../static/js/room/inbox.js";
import { Panel } from "../../static/js/room/panel.js";

/** As much of the panel's element as reading it needs. */
class Root extends EventTarget {
  children = [];
  scrollTop = 0;
  busy = false;
  innerHTML = "";
  querySelector() { return null; }
  querySelectorAll() { return []; }
  contains() { return false; }
  hasAttribute() { return this.busy; }
  setAttribute() { this.busy = true; }
  removeAttribute() { this.busy = false; }
  replaceChildren() { this.innerHTML = ""; }
  prepend() { this.innerHTML = "trouble"; }
}

/** The centre's answers, given when the test says so. */
class Centre {
  asked = [];

  fetch = (url, { signal }) => new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("aborted")));
    this.asked.push({ url, signal, answer: (html) => resolve({ status: 200, redirected: false, text: async () => html }) });
  });

  get last() { return this.asked.at(-1); }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
let centre, root, panel, now;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  now = 0;
  mock.method(performance, "now", () => now);
  const element = () => ({ setAttribute() {}, addEventListener() {}, append() {} });
  globalThis.document = { activeElement: null, dispatchEvent() {}, createElement: element };
  globalThis.htmx = { process() {} };
  centre = new Centre();
  globalThis.fetch = centre.fetch;
  root = new Root();
  panel = new Panel(root, { clock: { since: () => 0 }, urlOf: (id) => `/incidents/${id}/`, onGo() {} });
});

const pass = async (ms) => {
  now += ms;
  mock.timers.tick(ms);
  await settled();
};

test("a slow answer is not thrown away because more is told meanwhile", async () => {
  panel.open(5);
  const first = centre.last;
  for (let second = 0; second < 10; second += 1) {
    panel.refresh(); // a fact each second, and each answer takes longer than the gap between two readings
    await pass(1000);
  }
  first.answer('<article data-incident="5">what was known</article>');
  await settled();
  assert.match(root.innerHTML, /what was known/);
  assert.equal(root.busy, false);
});

test("what changed while it was read is read after it, once", async () => {
  panel.open(5);
  panel.refresh();
  panel.refresh();
  centre.last.answer('<article data-incident="5">one</article>');
  await settled();
  assert.equal(centre.asked.length, 1);
  await pass(2000);
  assert.equal(centre.asked.length, 2);
  centre.last.answer('<article data-incident="5">two</article>');
  await settled();
  assert.match(root.innerHTML, /two/);
  await pass(10_000);
  assert.equal(centre.asked.length, 2);
});

test("another choice drops what was being read", async () => {
  panel.open(5);
  const five = centre.last;
  panel.open(6);
  assert.ok(five.signal.aborted);
  centre.last.answer('<article data-incident="6">six</article>');
  await settled();
  assert.match(root.innerHTML, /six/);
});

test("what is told while an act is under way is not lost", async () => {
  panel.open(5);
  centre.last.answer('<article data-incident="5">one</article>');
  await settled();
  root.dispatchEvent(new Event("htmx:beforeRequest"));
  panel.refresh();
  await pass(3000);
  assert.equal(centre.asked.length, 1, "the act's own answer comes first");
  const answered = new Event("htmx:beforeSwap");
  answered.detail = {
    xhr: { status: 200, responseText: '<article data-incident="5">taken</article>' }, requestConfig: { path: "/incidents/5/take/" },
  };
  root.dispatchEvent(answered);
  assert.match(root.innerHTML, /taken/);
  await pass(2000);
  assert.equal(centre.asked.length, 2);
});

test("silence is said, and can be tried again", async () => {
  panel.open(5);
  await pass(15_000);
  assert.equal(root.innerHTML, "trouble");
  panel.retry();
  centre.last.answer('<article data-incident="5">back</article>');
  await settled();
  assert.match(root.innerHTML, /back/);
});

test("facts are counted although the page never draws the frame it promised", async () => {
  globalThis.requestAnimationFrame = () => 0;
  const counted = [];
  const inbox = new Inbox((facts) => counted.push(facts));
  inbox.start();
  inbox.push([{ id: 1 }]);
  inbox.push([{ id: 2 }]);
  await pass(250);
  assert.deepEqual(counted, [[{ id: 1 }, { id: 2 }]]);
  inbox.push([{ id: 3 }]);
  await pass(250);
  assert.equal(counted.length, 2);
});
