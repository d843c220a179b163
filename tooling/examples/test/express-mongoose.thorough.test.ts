import { freePort } from "@onechat/testing";
import { expect, it } from "vitest";
import { exampleCopy } from "./example-copy.ts";
import { exampleDatabase } from "./example-database.ts";

it("the Express example compiles, and has one chat for two people who open it from many devices at once", async () => {
  const port = await freePort();
  await using database = exampleDatabase("express-mongoose");
  await using example = await exampleCopy("express-mongoose", { ...database.env, PORT: String(port) });
  expect(await example.paste("npm run --silent types")).toEqual({ code: 0, output: "" });

  const [, , start = "", client = "", ...others] = example.commands;
  expect(others).toEqual([]);
  await using server = example.start(start);
  await server.answers(`http://127.0.0.1:${port}/`);
  expect(await example.paste(client)).toEqual({ code: 0, output: example.prints[0] });
  const { output } = await example.paste(client);
  expect(output).toBe(example.prints[0]?.replace("created by: 1", "created by: 0"));

  const [chat, ...duplicates] = await database.db.collection("chats").find().toArray();
  expect(duplicates).toEqual([]);
  const list = await fetch(`http://127.0.0.1:${port}/chats`, { headers: { "x-user": "bob" } });
  const users = ["alice", "bob"].map((name) => expect.objectContaining({ name }));
  expect(await list.json()).toEqual([
    { _id: String(chat?._id), title: "a new chat", users: expect.arrayContaining(users) },
  ]);
});
