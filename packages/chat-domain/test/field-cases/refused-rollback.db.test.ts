import { expect, it } from "vitest";
import { id } from "./field-database.ts";
import { mergedChats, model, notesOf, rolledBackUnder } from "./refused-rollback.ts";

it("says whose validator refuses its documents, forgets nothing, and goes on once that lets them pass", async () => {
  const { exits, text, isSame } = await rolledBackUnder("messages", { text: { $exists: true } });
  expect([exits, isSame]).toEqual([[1, 1, 0], true]);
  expect(text).toContain("a document of messages cannot be written: the collection's validator refuses");
});

it("says which rows stay because others stand in their places, and brings them back once these are gone", async () => {
  await using field = await mergedChats();
  const before = await field.image("chats", "members");
  expect(await field.up()).toMatchObject({ exit: 0 });
  await field.insert("members", { _id: 9, chat: id(2), user: "x" });
  const { exit, events } = await field.rollback({ to: "none" });
  expect([exit, notesOf(events)]).toEqual([
    0,
    [
      expect.stringMatching(
        /^1 of the documents of members, such as 0, .* that on chat, user\. The next rollback/,
      ),
    ],
  ]);
  const rows = new Set((await field.all("members", { chat: id(2) })).map(({ user }) => user as unknown));
  expect(rows).toEqual(new Set(["w", "x", "y", "z"]));
  expect(notesOf((await field.rollback({ to: "none" })).events)).toHaveLength(1);
  await field.db.collection("members").deleteOne({ user: "x", chat: id(2) });
  expect(notesOf((await field.rollback({ to: "none" })).events)).toEqual([]);
  expect(await field.image("chats", "members")).toEqual(before);
});

it("is refused where what has been folded is folded no more: duplicates' parts would stay without a word", async () => {
  await using field = await mergedChats();
  const before = await field.image("chats", "members");
  expect(await field.up()).toMatchObject({ exit: 0 });
  const merged = await field.image("chats", "members", "chat_merge_journal");
  const { exit, text } = await field.beside({ ...model, fold: {} }).rollback({ to: "none" });
  expect([exit, text]).toEqual([3, expect.stringContaining("chats.n was folded")]);
  expect(await field.image("chats", "members", "chat_merge_journal")).toEqual(merged);
  expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
  expect(await field.image("chats", "members")).toEqual(before);
});

it("says which fields fold since others were merged, as plan does: what they were before nobody knows", async () => {
  await using field = await mergedChats();
  expect(await field.up()).toMatchObject({ exit: 0 });
  await field.insert("chats", { _id: id(4), users: ["b", "a"], n: 1, k: 5 });
  const later = field.beside({ ...model, fold: { n: "sum", k: "sum" } });
  expect((await later.plan()).warnings).toContain("chats.k was not folded yet");
  expect(await later.up()).toMatchObject({ exit: 0 });
  const { exit, events } = await later.rollback({ to: "none" });
  expect([exit, notesOf(events)]).toEqual([0, [expect.stringContaining("chats.k was not folded yet")]]);
  expect(await field.one("chats", id(1))).toEqual({ _id: id(1), users: ["a", "b"], n: 1, k: 5 });
});
