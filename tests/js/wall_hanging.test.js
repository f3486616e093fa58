import assert from "node:assert/strict";
import { test } from "node:test";
import { nothing, open, seats, told, without } from "../../static/js/wall/hanging.js";
import { advance, begin, turn } from "../../static/js/wall/touring.js";

const hung = { ...nothing("Salle 1"), size: 4, cells: [{ camera: "C1", live: false }, { tour: 7 }, null, { tour: 7 }] };
const schools = { id: 7, name: "Schools", purpose: "Noon", stops: [{ cameras: ["C2", "C3"], seconds: 5 }, { cameras: ["C4"], seconds: 10 }] };
const spot = (key) => ({ key });

test("an alert takes free places first, then those of tours, never what somebody placed", () => {
  assert.deepEqual(open(hung), [2, 1, 3]);
  assert.deepEqual([...seats(["a", "b", "c", "d"].map(spot), open(hung), new Map())], [["a", 2], ["b", 1], ["c", 3]]);
});

test("who stands somewhere stays there when a more urgent one comes", () => {
  const before = seats([spot("a"), spot("b")], open(hung), new Map());
  const after = seats([spot("urgent"), spot("a"), spot("b")], open(hung), before);
  assert.deepEqual([after.get("a"), after.get("b"), after.get("urgent")], [2, 1, 3]);
  assert.equal(seats([spot("urgent"), spot("b")], [2, 1], before).get("b"), 1, "and is left where it is when another goes");
});

test("the wall hears only of its own room", () => {
  const pushed = { kind: "console.wall_pushed", data: { room: "Salle 1", name: "Night", size: 1, cells: [null], tours: [], names: {} } };
  assert.equal(told(hung, pushed).name, "Night");
  assert.equal(told(hung, { ...pushed, data: { ...pushed.data, room: "Salle 2" } }), hung);
  assert.equal(told({ ...hung, tours: [schools] }, {
    kind: "console.tour_saved", data: { room: "Salle 1", tour_id: 7, name: "Schools", purpose: "Evening", stops: [], names: {} },
  }).tours[0].purpose, "Evening");
});

test("what was given back is off the wall, and stays so when another layout comes", () => {
  const back = told(hung, { kind: "console.wall_given_back", data: { room: "Salle 1", incident_id: 5 } });
  assert.deepEqual([...without({ incidents: new Map([[5, {}], [6, {}]]) }, back).incidents.keys()], [6]);
  assert.deepEqual(told(back, { kind: "console.wall_pushed", data: { room: "Salle 1", size: 1, cells: [null] } }).given_back, [5]);
});

test("a tour goes from stop to stop by its dwell times, and each is another visit", () => {
  let run = begin(schools, 0);
  const at = [];
  for (let now = 0; now <= 21_000; now += 1000) {
    run = advance(run, schools, { now, held: false });
    at.push(`${run.visit}:${run.at}`);
  }
  assert.deepEqual([at[4], at[5], at[14], at[15], at[20]], ["1:0", "2:1", "2:1", "3:0", "4:1"]);
});

test("held by an alert it waits, and then shows that stop again in full, as a look of its own", () => {
  let run = advance(begin(schools, 0), schools, { now: 4000, held: false });
  for (const now of [5000, 60_000]) run = advance(run, schools, { now, held: true });
  assert.deepEqual([run.at, run.visit], [0, 1]);
  run = advance(run, schools, { now: 61_000, held: false });
  assert.deepEqual([run.at, run.visit, run.left], [0, 2, 5000]);
});

test("a tour that lost stops begins again, and one with a single stop is not opened over and over", () => {
  const one = { ...schools, stops: schools.stops.slice(0, 1) };
  assert.deepEqual(advance({ ...begin(schools, 0), at: 1 }, one, { now: 0, held: false }).at, 0);
  assert.equal(advance(begin(one, 0), one, { now: 60_000, held: false }).visit, 1);
});

test("the cameras of a stop stand in the tour's places in their order", () => {
  assert.deepEqual([1, 3].map((place) => turn(hung, place)), [0, 1]);
});
