import assert from "node:assert/strict";
import { test } from "node:test";
import { propose } from "../../static/js/room/commands.js";
import { beside, blank, put, resize, stops, swap, turnLive } from "../../static/js/wall/cells.js";

const codes = (cells) => cells?.map((cell) => cell?.camera ?? ".").join(" ");
const four = put(put(blank(4), "C1", 0), "C2", 3);

test("a camera has one tile: put into another it leaves the one it had, and what stood there takes its place", () => {
  assert.equal(codes(four), "C1 . . C2");
  assert.equal(codes(put(four, "C1", 2)), ". . C1 C2");
  assert.equal(codes(put(four, "C1", 3)), "C2 . . C1");
  assert.equal(codes(put(four, "C3")), "C1 C3 . C2");
  assert.equal(put(four, "C2"), four, "it is there already");
  assert.equal(put(four, "C3", 4), null, "there is no fifth tile");
  assert.equal(put(put(blank(1), "C1"), "C2"), null, "none is free");
});

test("with fewer tiles what stood behind moves into free ones before it is left out", () => {
  assert.equal(codes(resize(four, 9)), "C1 . . C2 . . . . .");
  assert.equal(codes(resize(put(resize(four, 9), "C9", 8), 4)), "C1 C9 . C2");
  assert.equal(codes(resize(four, 1)), "C1");
});

test("arrows go from tile to tile and stop at the edge", () => {
  assert.deepEqual(["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"].map((key) => beside(4, key, 9)), [5, 7, 3, 1]);
  assert.deepEqual([beside(2, "ArrowRight", 9), beside(0, "ArrowUp", 9), beside(0, "Enter", 9)], [2, 0, 0]);
  assert.equal(codes(swap(four, 0, 1)), ". C1 . C2");
});

test("only a camera may stay live", () => {
  assert.equal(turnLive(four, 0)[0].live, true);
  assert.equal(turnLive(turnLive(four, 0), 0)[0].live, false);
  assert.equal(turnLive(four, 1), four);
});

test("the cameras in tiles are the stops of a tour, so many at a time", () => {
  const three = put(four, "C3");
  assert.deepEqual(stops(three, 1, 10).map((stop) => stop.cameras), [["C1"], ["C3"], ["C2"]]);
  assert.deepEqual(stops(three, 2, 10), [{ cameras: ["C1", "C3"], seconds: 10 }, { cameras: ["C2"], seconds: 10 }]);
});

test("the command bar knows tiles and layouts", () => {
  const known = {
    cards: [], cameras: [{ id: 1, code: "C885", name: "Saint-Roch" }, { id: 2, code: "C3", name: "Port 885 3" }],
    layouts: [{ id: 5, name: "Promenade", size: 9, cells: [] }],
  };
  const [first] = propose("/c 885 3", known);
  assert.deepEqual([first.act, first.target], ["put", { code: "C885", place: 2 }]);
  assert.deepEqual(propose("/c 885 99", known).filter(({ act }) => act === "put"), []);
  assert.deepEqual(propose("/layout 9", known).map(({ act, target }) => [act, target]), [["size", 9]]);
  assert.equal(propose("/layout prom", known)[0].target.id, 5);
  assert.equal(propose("/c 885", known)[0].act, "camera");
});
