import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { callsAlready, inMyHands } from "../../static/js/room/select.js";
import { Shown } from "../../static/js/room/shown.js";
import { fromSnapshot } from "../../static/js/room/store.js";
import { alert, incident, snapshot } from "./room_cast.js";

let frames, sent, open, visible, shown;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  [frames, sent, open, visible] = [[], [], true, () => true];
  globalThis.document = { hidden: false, addEventListener() {} };
  globalThis.requestAnimationFrame = (draw) => frames.push(draw);
  shown = new Shown({ send: (ids) => open && sent.push(ids) > 0, inView: (key) => visible(key) });
});

const frame = () => {
  for (const draw of frames.splice(0)) draw();
  mock.timers.tick(1);
};
const known = (fields) => fromSnapshot(snapshot(fields));

test("said once each, after the frame, all of a frame together", () => {
  const state = known({ alerts: [alert(12), alert(13)], incidents: [incident(5, { alert_ids: [11] })] });
  shown.drawn(state);
  shown.drawn(state);
  assert.deepEqual(sent, []);
  frame();
  assert.deepEqual(sent, [[12, 13, 11]]);
  shown.drawn(state);
  frame();
  assert.equal(sent.length, 1);
});

test("not what is taken, nor what stands where nobody can see it, until it is scrolled to", () => {
  visible = (key) => key !== "i6";
  shown.drawn(known({ incidents: [
    incident(5, { alert_ids: [1], taken_user_id: 4 }), incident(6, { alert_ids: [2] }), incident(7, { alert_ids: [3] }),
  ] }));
  frame();
  assert.deepEqual(sent, [[3]]);
  visible = () => true;
  shown.look();
  frame();
  assert.deepEqual(sent, [[3], [2]]);
});

test("a hidden page shows nothing; a lost link is made up for", () => {
  const state = known({ alerts: [alert(12)] });
  document.hidden = true;
  shown.drawn(state);
  frame();
  document.hidden = open = false;
  shown.look();
  frame();
  assert.deepEqual(sent, []);
  open = true;
  shown.look();
  frame();
  assert.deepEqual(sent, [[12]]);
});

test("the centre takes a hundred at a time", () => {
  shown.drawn(known({ alerts: Array.from({ length: 230 }, (_, n) => alert(n + 1)) }));
  frame();
  assert.deepEqual(sent.map((ids) => ids.length), [100, 100, 30]);
});

test("what already calls when the room opens is the first priority 1 nobody has taken, the real before the exercise", () => {
  const state = known({ incidents: [
    incident(1, { priority: 1, exercise: true }), incident(2, { priority: 1, taken_user_id: 3 }), incident(3, { priority: 1 }), incident(4),
  ] });
  assert.equal(callsAlready(state).key, "i3");
  assert.equal(callsAlready(known({ incidents: [incident(4)] })), undefined);
});

test("a page that is read anew shows again what its operator has in hand, and nobody else's", () => {
  const state = known({ incidents: [
    incident(1, { priority: 1 }), incident(2, { taken_user_id: 3 }), incident(4, { priority: 1, taken_user_id: 3, exercise: true }),
    incident(5, { priority: 1, taken_user_id: 8 }),
  ] });
  assert.equal(inMyHands(state, 3).key, "i2");
  assert.equal(inMyHands(state, 9), undefined);
});
