import assert from "node:assert/strict";
import { test } from "node:test";
import { asksServer, foundThere, parse, plain, propose } from "../../static/js/room/commands.js";
import { cards } from "../../static/js/room/order.js";
import { fromSnapshot } from "../../static/js/room/store.js";
import { incident, snapshot } from "./room_cast.js";

const { real } = cards(fromSnapshot(snapshot({
  incidents: [
    incident(12, { place_label: "École Saint-Roch", priority: 2 }),
    incident(112, { place_label: "Crèche Les Oliviers", priority: 1 }),
    incident(3, { place_label: "Musée Masséna", address: "12 rue de Rivoli", priority: 3 }),
  ],
})));
const cameras = [
  { id: 1, code: "C885", name: "Saint-Roch / Turin", lat: 1, lon: 2 },
  { id: 2, code: "C8850", name: "Port", lat: 1, lon: 2 },
  { id: 3, code: "C12", name: "Promenade des Anglais", lat: 1, lon: 2 },
];
const labels = (text) => propose(text, { cards: real, cameras }).map((one) => one.label);

test("a command is a slash, a verb and what follows", () => {
  assert.deepEqual(parse("/a 12"), { verb: "a", argument: "12" });
  assert.deepEqual(parse("/a12"), { verb: "a", argument: "12" });
  assert.deepEqual(parse("  /C  885 "), { verb: "c", argument: "885" });
  assert.deepEqual(parse("/send P7"), { verb: "send", argument: "P7" });
  assert.deepEqual(parse("/"), { verb: "/", argument: "" });
  assert.deepEqual(parse("acropolis"), { verb: "", argument: "acropolis" });
});

test("accents and case do not matter", () => {
  assert.equal(plain("École Saint-Roch"), "ecole saint roch");
  assert.deepEqual(labels("/a ecole"), ["École Saint-Roch"]);
  assert.deepEqual(labels("roch ecole")[0], "École Saint-Roch");
});

test("a number is that number first, not one that ends like it", () => {
  assert.equal(propose("/a 12", { cards: real, cameras })[0].target, "i12");
  assert.ok(!labels("/a 12").includes("Crèche Les Oliviers"));
});

test("/a alone proposes what is open, most urgent first", () => {
  assert.deepEqual(labels("/a"), ["Crèche Les Oliviers", "École Saint-Roch", "Musée Masséna"]);
});

test("a camera is found by its code with or without its letter, or by its name", () => {
  assert.equal(labels("/c 885")[0], "C885 · Saint-Roch / Turin");
  assert.equal(labels("/c c885")[0], "C885 · Saint-Roch / Turin");
  assert.deepEqual(labels("/c promenade"), ["C12 · Promenade des Anglais"]);
  assert.deepEqual(labels("/c"), []);
});

test("without a slash, everything that has the name is proposed", () => {
  assert.deepEqual(labels("saint"), ["École Saint-Roch", "C885 · Saint-Roch / Turin"]);
});

test("a verb is completed, an unknown one proposes nothing", () => {
  assert.equal(propose("/a", { cards: [], cameras })[0], undefined);
  assert.deepEqual(labels("/t"), ["/t"]);
  assert.equal(propose("/t", { cards: real, cameras })[0].act, "theme");
  assert.ok(labels("/").includes("/c"));
  assert.deepEqual(labels("/zz"), []);
});

test("the server is asked for words, never for commands or crumbs", () => {
  assert.equal(asksServer("rue de France"), "rue de France");
  assert.equal(asksServer("ru"), "");
  assert.equal(asksServer("/c 885"), "");
  assert.equal(asksServer("/a 7"), "7");
});

test("what is over is found again: not twice what the queue still shows, and nothing but incidents after /a", () => {
  const results = [
    { kind: "incident", label: "I-2026-00012", detail: "École", key: "12", at: "2026-11-22T13:00:00Z" },
    { kind: "incident", label: "I-2026-00007", detail: "Gare", key: "7", at: "2026-11-02T13:00:00Z" },
    { kind: "site", label: "Gare Thiers", detail: "Avenue Thiers", key: "GAR-1", at: "" },
  ];
  const found = (verb) => foundThere(results, { verb, cards: [{ key: "i12" }], day: (at) => at.slice(0, 10) }).map(({ label, hint, act }) => [label, hint, act]);
  const past = ["I-2026-00007 · Gare", "2026-11-02", "past"];
  assert.deepEqual(found(""), [past, ["Gare Thiers", "Avenue Thiers", "place"]]);
  assert.deepEqual(found("a"), [past]);
});
