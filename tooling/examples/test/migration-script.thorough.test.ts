import { expect, it } from "vitest";
import { exampleCopy } from "./example-copy.ts";
import { type ExampleDatabase, exampleDatabase } from "./example-database.ts";

/** Everything the application has stored itself. */
async function contents({ db }: ExampleDatabase): Promise<unknown> {
  const sort = { _id: 1 } as const;
  return {
    chats: await db.collection("chats").find({}, { sort }).toArray(),
    messages: await db.collection("messages").find({}, { sort }).toArray(),
  };
}

it("the migration example compiles, migrates its legacy data, finds nothing wrong with it, and brings everything back", async () => {
  await using database = exampleDatabase("migration-script");
  await using example = await exampleCopy("migration-script", database.env);
  expect(await example.paste("npm run --silent types")).toEqual({ code: 0, output: "" });
  const { db } = database;

  const [, , legacy = "", plan = "", migrate = "", back = "", ...others] = example.commands;
  expect(others).toEqual([]);
  expect(await example.paste(legacy)).toEqual({ code: 0, output: example.prints[0] });
  const before = await contents(database);
  expect(await example.paste(plan)).toEqual({ code: 0, output: example.prints[1] });
  expect(await contents(database)).toEqual(before);

  expect(await example.paste(migrate)).toEqual({ code: 0, output: example.prints[2] });
  const ofAliceAndBob = { users: ["alice", "bob"], mergedInto: null };
  const [chat, ...duplicates] = await db.collection("chats").find(ofAliceAndBob).toArray();
  expect(duplicates).toEqual([]);
  expect(chat).toMatchObject({ messageCount: 5 });
  expect(await db.collection("messages").countDocuments({ chat: chat?._id })).toBe(5);
  expect(await db.collection("chats").countDocuments({ isGroupChat: true })).toBe(2);

  expect(await example.paste(back)).toEqual({ code: 0, output: example.prints[3] });
  expect(await contents(database)).toEqual(before);
});
