import { freePort } from "@onechat/testing";
import { expect, it } from "vitest";
import { developmentApi } from "./development-api.ts";
import { exampleCopy } from "./example-copy.ts";
import { exampleDatabase } from "./example-database.ts";

it("the Next example is built while no API runs, and shows a new chat on the next page and in the next answer", async () => {
  const port = String(await freePort());
  await using database = exampleDatabase("next");
  await using api = await developmentApi(database);
  await using example = await exampleCopy("next", { API_URL: api.url });

  const [, , buildAndStart = "", open = "", ...others] = example.commands;
  expect(others).toEqual([]);
  expect(buildAndStart).toBe("cd examples/next\nnpm run build\nnpm start\n");
  const nobody = `API_URL=http://127.0.0.1:${await freePort()}`;
  expect(await example.paste(`${nobody} npm run build`)).toMatchObject({ code: 0 });
  await using server = example.start(`cd examples/next\nnpm start -- --port ${port}`);
  await server.answers(`http://127.0.0.1:${port}/`);
  const read = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}${path}`)).text();

  expect([await read("/"), await read("/chats")]).toEqual([
    expect.not.stringContaining("<li>"),
    '{"chats":[],"next":null}',
  ]);
  const { code, output } = await example.paste(open.replaceAll("3002", port));
  expect(code).toBe(0);
  expect(JSON.parse(output)).toMatchObject({ chats: [{ participants: ["alice", "bob"] }], next: null });
  expect(await read("/")).toContain("<li>bob</li>");
  expect(JSON.parse(await read("/chats"))).toMatchObject({ chats: [{ participants: ["alice", "bob"] }] });

  // Made elsewhere.
  const { token } = (await (
    await fetch(`${api.url}/dev/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ sub: "carol" }),
    })
  ).json()) as { readonly token: string };
  await fetch(`${api.url}/api/chats/create-or-get`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ participants: ["alice"] }),
  });
  expect(await read("/")).toContain("<li>carol</li>");
  expect(JSON.parse(await read("/chats"))).toMatchObject({ chats: [{}, {}] });
});
