import { expect, test } from "vitest";
import type { FaultEvent } from "../../src/history/history-line.ts";
import { anomaliesIn, created, got, people, refused, register, stored, unanswered } from "./told.ts";

const killed: FaultEvent = { type: "fault", fault: "db-kill", event: "inject", at: 10, target: "database" };

test("the chat that everybody got is the one that is stored: right", () => {
  expect(anomaliesIn({ calls: [created("x", 0, 5), got("x", 1, 6)], audit: [stored(["x"])] })).toEqual([]);
});

test("a second live chat is DUPLICATE, whether or not anybody got it", () => {
  const calls = [created("x", 0, 5)];
  expect(anomaliesIn({ calls, audit: [stored(["x", "y"])] })).toEqual(["DUPLICATE 1"]);
  const both = [created("x", 0, 5), created("y", 1, 6)];
  expect(anomaliesIn({ calls: both, audit: [stored(["x", "y"])] })).toEqual([
    "SPLIT_ID 1 2",
    "DOUBLE_CREATED 1 2",
    "DUPLICATE 1 2",
  ]);
});

test("a chat that was answered and is gone is LOST", () => {
  expect(anomaliesIn({ calls: [created("x", 0, 5)], audit: [stored([])] })).toEqual(["LOST 1"]);
  expect(anomaliesIn({ calls: [unanswered(got("x", 0, 1)), got("x", 2, 3)], audit: [stored([])] })).toEqual([
    "LOST 2",
  ]);
});

test("a chat that was created anew after the database had lost it is LOST too", () => {
  const calls = [created("x", 0, 5), created("y", 20, 25)];
  expect(anomaliesIn({ calls, audit: [stored(["y"])] })).toContain("LOST 1 2");
  const meanwhile = [created("x", 0, 5), created("y", 4, 25)];
  expect(anomaliesIn({ calls: meanwhile, faults: [killed], audit: [stored(["y"])] })).toContain("LOST 1 2");
});

test("an id that one loser got while another chat was there is PHANTOM_ID", () => {
  const calls = [created("x", 0, 5), got("y", 1, 6)];
  expect(anomaliesIn({ calls, audit: [stored(["x"])] })).toEqual(["SPLIT_ID 1 2", "PHANTOM_ID 1 2"]);
});

test("a hundred thousand made-up ids are one anomaly, and no reason to give up", () => {
  const ids = Array.from({ length: 150_000 }, (_, index) => `id-${index}`);
  const calls = ids.map((id, index) => (index === 0 ? created(id, 0, 5) : got(id, 1, 6)));
  expect(anomaliesIn({ calls, audit: [stored(["id-0"])] })).toEqual(["SPLIT_ID 1 2", "PHANTOM_ID 1 2"]);
});

test("an id that nobody else got, and nobody created, is PHANTOM_ID", () => {
  expect(anomaliesIn({ calls: [got("x", 0, 5)], audit: [stored([])] })).toEqual([
    "UNCREATED 1",
    "PHANTOM_ID 1",
  ]);
});

test("a stored chat that no call can have made is UNCREATED", () => {
  expect(anomaliesIn({ calls: [refused("UNAVAILABLE", 0, 5)], audit: [stored(["x"])] })).toEqual([
    "UNCREATED",
  ]);
});

test("a chat that was retired although there was nothing to merge is LOST or DUPLICATE", () => {
  const calls = [created("x", 0, 5)];
  expect(anomaliesIn({ calls, audit: [stored([], { x: null })] })).toEqual(["LOST 1"]);
  expect(anomaliesIn({ calls, audit: [stored(["x"], { y: "x" })] })).toEqual(["DUPLICATE 1", "LOST"]);
});

test("other people or another scope in the stored chat are CROSS_KEY", () => {
  const calls = [created("x", 0, 5)];
  const audit = (participants: string[], scope: string) => [
    { ...stored([]), live: [{ id: "x", participants, scope }] },
  ];
  expect(anomaliesIn({ calls, audit: audit(people.toReversed(), "") })).toEqual([]);
  expect(anomaliesIn({ calls, audit: audit(["ann", "eve"], "") })).toEqual(["CROSS_KEY"]);
  expect(anomaliesIn({ calls, audit: audit(people, "elsewhere") })).toEqual(["CROSS_KEY"]);
});

test("the chat of others is CROSS_KEY at whoever got it, and at nobody else", () => {
  const registers = [register(), register({ key: "other", participants: ["ann", "eve"] })];
  const calls = [created("x", 0, 5), { ...got("x", 6, 7), key: "other" }];
  expect(anomaliesIn({ registers, calls })).toEqual(["CROSS_KEY 1 2"]);
});

test("whose a chat is, the database knows better than whoever was answered first", () => {
  const registers = [register(), register({ key: "other", participants: ["ann", "eve"] })];
  const calls = [got("x", 0, 5), { ...unanswered(got("x", 0, 5)), key: "other" }];
  const theirs = { ...stored([], {}, "other"), live: [{ id: "x", participants: ["ann", "eve"], scope: "" }] };
  expect(anomaliesIn({ registers, calls, audit: [stored([]), theirs] })).toEqual(["CROSS_KEY 1"]);
});

test("variants may use the same ids: each has a database of its own", () => {
  const registers = [register(), register({ key: "control", variant: "raw" })];
  const calls = [created("x", 0, 5), { ...created("x", 0, 5), key: "control" }];
  expect(anomaliesIn({ registers, calls })).toEqual([]);
});

test("a call that is refused because of other people in the chat is CROSS_KEY", () => {
  expect(anomaliesIn([created("x", 0, 5), refused("INTEGRITY", 6, 7)])).toEqual(["CROSS_KEY 2"]);
});
