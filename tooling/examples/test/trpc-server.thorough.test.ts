import { freePort } from "@onechat/testing";
import { expect, it } from "vitest";
import { exampleCopy } from "./example-copy.ts";
import { exampleDatabase } from "./example-database.ts";

it("the tRPC example compiles, and its typed client gets one chat from six calls and an answer of the server's own", async () => {
  const port = String(await freePort());
  await using database = exampleDatabase("trpc-server");
  await using example = await exampleCopy("trpc-server", { ...database.env, PORT: port });
  expect(await example.paste("npm run --silent types")).toEqual({ code: 0, output: "" });

  const [, , start = "", client = "", ...others] = example.commands;
  expect(others).toEqual([]);
  await using server = example.start(start);
  await server.answers(`http://127.0.0.1:${port}/`);
  expect(await example.paste(client)).toEqual({ code: 0, output: example.prints[0] });
  const { output } = await example.paste(client);
  expect(output).toBe(example.prints[0]?.replace("created by: 1", "created by: 0"));
  expect(await database.db.collection("chats").countDocuments()).toBe(1);
});
