import { expect, it } from "vitest";
import { id } from "./field-database.ts";
import { rolledBackUnder, mergedChats } from "./refused-rollback.ts";

it("says whose validator refuses its documents, forgets nothing, and goes on once that lets them pass", async () => {
  const { exits, text, isSame } = await rolledBackUnder("messages", { text: { $exists: true } });
  expect([exits, isSame]).toEqual([[1, 1, 0], true]);
  expect(text).toContain("a document of messages cannot be written: the collection's validator refuses");
});

it("brings all rows back but the one in whose place there is another by now", async () => {
  await using field = await mergedChats();
  expect(await field.up()).toMatchObject({ exit: 0 });
  await field.insert("members", { _id: 9, chat: id(2), user: "x" });
  expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
  const rows = new Set((await field.all("members", { chat: id(2) })).map(({ user }) => user as unknown));
  expect(rows).toEqual(new Set(["w", "x", "y", "z"]));
});
