import { expect, test } from "vitest";
import { anomaliesIn, created, found, got, refused, stored, unanswered } from "./told.ts";

test("one creates, the others get the same chat: right", () => {
  expect(anomaliesIn([found(null, 0, 3), created("x", 1, 5), got("x", 2, 6), found("x", 7, 8)])).toEqual([]);
});

test("nobody was asked for: right", () => {
  expect(anomaliesIn([])).toEqual([]);
});

test("only unknown outcomes: right, whatever is stored", () => {
  const calls = [unanswered(got("x", 0, 5)), unanswered(got("x", 1, 2))];
  expect(anomaliesIn({ calls, audit: [stored([])] })).toEqual([]);
  expect(anomaliesIn({ calls, audit: [stored(["x"])] })).toEqual([]);
});

test("two different ids are SPLIT_ID", () => {
  expect(anomaliesIn([created("x", 0, 5), got("y", 1, 6)])).toEqual(["SPLIT_ID 1 2"]);
});

test("two creators are DOUBLE_CREATED, and SPLIT_ID when each has his own chat", () => {
  expect(anomaliesIn([created("x", 0, 5), created("x", 1, 6)])).toEqual(["DOUBLE_CREATED 1 2"]);
  expect(anomaliesIn([created("x", 0, 5), created("y", 1, 6)])).toEqual([
    "SPLIT_ID 1 2",
    "DOUBLE_CREATED 1 2",
  ]);
});

test("a chat that nobody can have created is UNCREATED", () => {
  expect(anomaliesIn([got("x", 0, 5)])).toEqual(["UNCREATED 1"]);
  expect(anomaliesIn([got("x", 0, 5), refused("UNAVAILABLE", 0, 5)])).toEqual(["UNCREATED 1"]);
});

test("a call with unknown outcome may have created, even long after its caller gave up", () => {
  expect(anomaliesIn([unanswered(got("x", 0, 1)), found(null, 5, 6), got("x", 7, 8)])).toEqual([]);
});

test("a call with unknown outcome cannot have created before it began", () => {
  expect(anomaliesIn([got("x", 0, 5), unanswered(got("x", 6, 7))])).toEqual(["TIME_TRAVEL 1 2"]);
});

test("a call that asked again may have created the first time", () => {
  expect(anomaliesIn([{ ...got("x", 0, 5), retried: true }, got("x", 1, 6)])).toEqual([]);
  expect(anomaliesIn([{ ...got("x", 4, 5), retried: true }, got("x", 1, 3)])).toEqual(["TIME_TRAVEL 2 1"]);
});

test("seeing nothing after another was answered is TIME_TRAVEL", () => {
  expect(anomaliesIn([created("x", 0, 5), found(null, 6, 7)])).toEqual(["TIME_TRAVEL 1 2"]);
});

test("a chat that is answered before its creator began is TIME_TRAVEL", () => {
  expect(anomaliesIn([got("x", 0, 5), created("x", 6, 7)])).toEqual(["TIME_TRAVEL 1 2"]);
});

test("intervals are closed: equal instants contradict nothing", () => {
  expect(anomaliesIn([created("x", 0, 5), found(null, 5, 9)])).toEqual([]);
  expect(anomaliesIn([got("x", 0, 5), created("x", 5, 7)])).toEqual([]);
  expect(anomaliesIn([found(null, 3, 3), created("x", 3, 3), got("x", 3, 3)])).toEqual([]);
});

test("nothing seen while the creator is at work contradicts nothing", () => {
  expect(anomaliesIn([created("x", 0, 10), found(null, 9, 20), found("x", 9, 10)])).toEqual([]);
});

test("CHAT_NOT_FOUND is an answer: a chat that was known is not there", () => {
  const notFound = { ...refused("CHAT_NOT_FOUND", 6, 7), kind: "resolve", asked: "x" } as const;
  expect(anomaliesIn([created("x", 0, 5), notFound])).toEqual(["TIME_TRAVEL 1 2"]);
  expect(anomaliesIn([created("x", 0, 5), { ...notFound, asked: "other" }])).toEqual([]);
});

test("a duplicate key that reaches the caller is LEAKED_E11000", () => {
  expect(anomaliesIn([created("x", 0, 5), refused("E11000", 1, 6)])).toEqual(["LEAKED_E11000 2"]);
  const wrapped = { reason: "INTERNAL", message: "E11000 duplicate key error collection: app.chats" };
  expect(anomaliesIn([{ ...refused("", 1, 6), error: wrapped }])).toEqual(["LEAKED_E11000 1"]);
});

test("an id leads to another, though nothing was merged: SPLIT_ID", () => {
  const strange = { kind: "resolve", asked: "x", id: "y", start: 6, end: 7 } as const;
  expect(anomaliesIn([created("x", 0, 5), strange])).toEqual(["SPLIT_ID 2"]);
});

test("a merge of what these people never had is PHANTOM_ID", () => {
  const merge = { kind: "merge", asked: "y", id: "x", start: 6, end: 7 } as const;
  expect(anomaliesIn([created("x", 0, 5), merge])).toEqual(["PHANTOM_ID 2"]);
  expect(anomaliesIn([created("x", 0, 5), unanswered(merge)])).toEqual([]);
});
