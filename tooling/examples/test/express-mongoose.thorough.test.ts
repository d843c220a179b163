import { freePort } from "@onechat/testing";
import { expect, it } from "vitest";
import { exampleCopy } from "./example-copy.ts";
import { exampleDatabase } from "./example-database.ts";

it("compiles, and has one chat for two people who open it at the same moment", async () => {
  const port = await freePort();
  await using database = exampleDatabase("express-mongoose");
  await using example = await exampleCopy("express-mongoose", { ...database.env, PORT: String(port) });
  expect(await example.paste("npm run --silent types")).toEqual({ code: 0, output: "" });

  const [, , start = "", client = "", ...others] = example.commands;
  expect(others).toEqual([]);
  await using server = example.start(start);
  await server.answers(`http://127.0.0.1:${port}/`);
  const race = async (): Promise<{ readonly created: number; readonly chats: ReadonlySet<string> }> => {
    const { code, output } = await example.paste(client);
    expect(code).toBe(0);
    const answers = [...output.matchAll(/(?:alice|bob) got \{ id: '(\w+)', created: (true|false) \}/g)];
    expect(answers).toHaveLength(2);
    return {
      created: answers.filter(([, , created]) => created === "true").length,
      chats: new Set(answers.map(([, id = ""]) => id)),
    };
  };

  const first = await race();
  expect(first).toMatchObject({ created: 1, chats: { size: 1 } });
  expect(await race()).toEqual({ created: 0, chats: first.chats });
  const [id = ""] = first.chats;
  const list = await fetch(`http://127.0.0.1:${port}/chats`, { headers: { "x-user": "bob" } });
  expect(await list.json()).toEqual([
    {
      _id: id,
      title: "a new chat",
      users: [expect.objectContaining({ name: "alice" }), expect.objectContaining({ name: "bob" })],
    },
  ]);
  expect(await database.db.collection("chats").countDocuments()).toBe(1);
});
