import { expect, it } from "vitest";
import { id } from "./field-database.ts";
import { expectRefusedThenDone, mergedChats } from "./refused-rollback.ts";

it("says whose validator refuses its documents, forgets nothing, and goes on once that lets them pass", async () => {
  await expectRefusedThenDone("messages", { text: { $exists: true } });
});

it("brings all rows back but the one in whose place there is another by now", async () => {
  await using field = await mergedChats();
  expect(await field.up()).toMatchObject({ exit: 0 });
  await field.insert("members", { _id: 9, chat: id(2), user: "x" });
  expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
  const rows = (await field.all("members", { chat: id(2) })).map(({ user }) => user as unknown);
  expect(rows.toSorted()).toEqual(["x", "y", "z"]);
});
