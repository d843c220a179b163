import { expect, test } from "vitest";
import {
  anomaliesIn,
  created,
  found,
  got,
  merged,
  register,
  resolved,
  stored,
  type Story,
  type Told,
  unanswered,
} from "./told.ts";

/** Of people who had these chats before the run. */
function withChats(initial: readonly string[], calls: readonly Told[], more: Partial<Story> = {}) {
  return anomaliesIn({ registers: [register({ initial: [...initial] })], calls, ...more });
}

test("their chat from before becomes their chat", () => {
  expect(withChats(["a"], [got("a", 0, 5), found("a", 1, 2), resolved("a", "a", 0, 9)])).toEqual([]);
});

test("of several, any one may become theirs, but only one", () => {
  expect(withChats(["a", "b"], [got("b", 0, 5), found("b", 0, 5)])).toEqual([]);
  expect(withChats(["a", "b"], [got("b", 0, 5), got("a", 0, 5)])).toEqual(["SPLIT_ID 1 2"]);
});

test("duplicates that were not merged stay where they are", () => {
  const calls = [got("a", 0, 5), resolved("b", "b", 6, 7)];
  expect(withChats(["a", "b"], calls, { audit: [stored(["a", "b"])] })).toEqual([]);
});

test("nothing is created for them: not under an old id, and not under a new one", () => {
  expect(withChats(["a"], [created("a", 0, 5)])).toEqual(["DOUBLE_CREATED 1"]);
  expect(withChats(["a"], [created("x", 0, 5), got("a", 6, 7)])).toEqual([
    "DOUBLE_CREATED 1",
    "SPLIT_ID 1 2",
  ]);
});

test("a twin beside their chat is DUPLICATE", () => {
  expect(withChats(["a"], [got("a", 0, 5)], { audit: [stored(["a", "x"])] })).toEqual(["DUPLICATE"]);
});

test("that they have none is TIME_TRAVEL: their chat was there before anybody asked", () => {
  expect(withChats(["a"], [found(null, 0, 5)])).toEqual(["TIME_TRAVEL 1"]);
  expect(withChats(["a"], [resolved("a", null, 0, 5)])).toEqual(["TIME_TRAVEL 1"]);
});

test("a merged id leads to the survivor from the merge on, and before it to itself", () => {
  const calls = [
    resolved("b", "b", 0, 3),
    merged("b", "a", 2, 6),
    resolved("b", "a", 3, 4),
    resolved("b", "a", 7, 8),
    got("a", 9, 10),
  ];
  expect(withChats(["a", "b"], calls, { audit: [stored(["a"], { b: "a" })] })).toEqual([]);
});

test("a retired id that is given out after the merge was acknowledged is STALE_AFTER_MERGE", () => {
  const merge = merged("b", "a", 0, 5);
  expect(withChats(["a", "b"], [merge, resolved("b", "b", 5, 6)])).toEqual([]);
  expect(withChats(["a", "b"], [merge, resolved("b", "b", 6, 7)])).toEqual(["STALE_AFTER_MERGE 1 2"]);
  expect(withChats(["a", "b"], [merge, got("b", 6, 7)])).toEqual(["STALE_AFTER_MERGE 1 2"]);
});

test("a retired id that is given out after another saw the survivor is STALE_AFTER_MERGE", () => {
  const calls = [merged("b", "a", 0, 5), resolved("b", "a", 1, 2), resolved("b", "b", 3, 4)];
  expect(withChats(["a", "b"], calls)).toEqual(["STALE_AFTER_MERGE 2 3"]);
});

test("a survivor that is answered for a retired id before any merge began is TIME_TRAVEL", () => {
  const calls = [resolved("b", "a", 0, 5), merged("b", "a", 6, 7)];
  expect(withChats(["a", "b"], calls)).toEqual(["TIME_TRAVEL 1 2"]);
});

test("both ids answered before the merge began are SPLIT_ID, whatever comes later", () => {
  const calls = [got("a", 0, 1), got("b", 2, 3), merged("b", "a", 4, 5)];
  expect(withChats(["a", "b"], calls)).toEqual(["SPLIT_ID 1 2 3"]);
});

test("a duplicate that is answered beside the chat, and merged only later, is SPLIT_ID and not stale", () => {
  const calls = [found("b", 0, 3), got("a", 1, 4), merged("b", "a", 2, 9), resolved("b", "b", 5, 6)];
  expect(withChats(["a", "b"], calls)).toEqual(["SPLIT_ID 1 2 4"]);
});

test("a merge with unknown outcome may have happened, late, or not at all", () => {
  const lost = unanswered(merged("b", "a", 0, 1));
  expect(withChats(["a", "b"], [lost, resolved("b", "b", 5, 6)])).toEqual([]);
  expect(withChats(["a", "b"], [lost, resolved("b", "b", 5, 6), resolved("b", "a", 7, 8)])).toEqual([]);
  expect(withChats(["a", "b"], [lost], { audit: [stored(["a", "b"])] })).toEqual([]);
  expect(withChats(["a", "b"], [lost], { audit: [stored(["a"], { b: "a" })] })).toEqual([]);
});

test("a merge with unknown outcome may not even say into which chat it would have gone", () => {
  const lost = { ...unanswered(merged("c", "a", 0, 1)), id: null };
  const initial = ["a", "b", "c"];
  expect(withChats(initial, [lost, resolved("c", "b", 2, 3), resolved("c", "b", 4, 5)])).toEqual([]);
  expect(withChats(initial, [lost, resolved("c", "b", 2, 3), resolved("c", "a", 4, 5)])).toEqual([
    "SPLIT_ID 2 3",
  ]);
  expect(withChats(initial, [lost], { audit: [stored(["a", "b"], { c: null })] })).toEqual(["LOST 1"]);
});

test("a merge may have been done by whichever call for it began first", () => {
  const [early, late] = [unanswered(merged("b", "a", 0, 1)), merged("b", "a", 5, 6)];
  expect(withChats(["a", "b"], [late, early, resolved("b", "a", 2, 3)])).toEqual([]);
  expect(withChats(["a", "b"], [late, { ...early, id: null }, resolved("b", "a", 2, 3)])).toEqual([]);
  expect(withChats(["a", "b"], [late, resolved("b", "a", 2, 3)])).toEqual(["TIME_TRAVEL 2 1"]);
});

test("a chain of merges is followed to its end, one after the other", () => {
  const chain = [merged("c", "b", 0, 2), merged("b", "a", 3, 5)];
  const initial = ["a", "b", "c"];
  expect(withChats(initial, [...chain, resolved("c", "a", 6, 7)])).toEqual([]);
  expect(withChats(initial, [...chain, resolved("c", "b", 2, 3)])).toEqual([]);
  expect(withChats(initial, [...chain, resolved("c", "b", 6, 7)])).toEqual(["STALE_AFTER_MERGE 2 3"]);
});

test("nothing is merged into a chat that is retired already", () => {
  const calls = [merged("b", "a", 0, 2), merged("c", "b", 3, 5)];
  expect(withChats(["a", "b", "c"], calls)).toEqual(["STALE_AFTER_MERGE 1 2"]);
});

test("an id is retired once: merges into two chats, or into each other, are SPLIT_ID", () => {
  const twice = [merged("c", "a", 0, 2), merged("c", "b", 0, 2)];
  expect(withChats(["a", "b", "c"], twice)).toEqual(["SPLIT_ID 1 2"]);
  const circle = [merged("a", "b", 0, 2), merged("b", "a", 0, 2)];
  expect(withChats(["a", "b"], circle)).toEqual(["SPLIT_ID 1 2"]);
});

test("a merge into a chat of nobody is PHANTOM_ID", () => {
  expect(withChats(["a", "b"], [merged("b", "z", 0, 2)])).toEqual(["PHANTOM_ID 1"]);
});

test("a retired chat that is live again is RESURRECTED", () => {
  const calls = [merged("b", "a", 0, 2)];
  expect(withChats(["a", "b"], calls, { audit: [stored(["a", "b"])] })).toEqual(["RESURRECTED 1"]);
  expect(withChats(["a", "b"], calls, { audit: [stored(["a", "b"], { b: "a" })] })).toEqual([
    "RESURRECTED 1",
  ]);
});

test("a retired id that leads nowhere is LOST", () => {
  const calls = [merged("b", "a", 0, 2)];
  expect(withChats(["a", "b"], calls, { audit: [stored(["a"])] })).toEqual(["LOST 1"]);
  expect(withChats(["a", "b"], calls, { audit: [stored(["a"], { b: null })] })).toEqual(["LOST 1"]);
  expect(withChats(["a", "b"], [...calls, resolved("b", null, 3, 4)])).toEqual(["LOST 2"]);
});

test("a chat from before that is simply gone is LOST", () => {
  expect(withChats(["a"], [got("a", 0, 1)], { audit: [stored([])] })).toEqual(["LOST"]);
});

test("a retired id that leads to another chat than its survivor is SPLIT_ID", () => {
  const calls = [merged("c", "a", 0, 2)];
  const audit = [stored(["a", "b"], { c: "b" })];
  expect(withChats(["a", "b", "c"], calls, { audit })).toEqual(["SPLIT_ID 1"]);
});
