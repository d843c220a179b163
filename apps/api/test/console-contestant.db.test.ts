import { connect } from "@onechat/chat-domain/connect";
import { describe, expect, it } from "vitest";
import { settings, start } from "./running-api.ts";
import { testToken } from "./test-tokens.ts";

const development = { AUTH_DEV: "1", NODE_ENV: "test" };

interface Asking {
  readonly token?: string;
  readonly participants?: readonly unknown[];
}

async function findThenInsert(
  url: string,
  { token, participants = ["alice", "bob"] }: Asking,
): Promise<Response> {
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(`${url}/console/naive-chats`, {
    method: "POST",
    headers: { ...authorization, "content-type": "application/json" },
    body: JSON.stringify({ participants }),
  });
}

function newest(url: string, token?: string): Promise<Response> {
  return fetch(
    `${url}/console/newest-chats`,
    token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
  );
}

describe("what races beside onechat in the console", () => {
  it("finds, or inserts, in a collection of its own that cannot grow without end", async () => {
    const env = settings(development);
    await using api = await start(env);
    const token = await testToken();
    const answers = [];
    for (const participants of [
      ["alice", "bob"],
      ["bob", "alice"],
    ])
      answers.push(await (await findThenInsert(api.url, { token, participants })).json());
    expect(answers).toEqual([
      { chat: { id: expect.stringMatching(/^[0-9a-f]{24}$/) }, created: true },
      { chat: (answers[0] as { readonly chat: unknown }).chat, created: false },
    ]);
    await using connection = connect({ uri: env["MONGODB_URI"] ?? "", database: env["MONGODB_DB"] ?? "" });
    expect(await connection.chats.countDocuments()).toBe(0);
    expect(await connection.db.collection("console_naive_chats").options()).toMatchObject({ capped: true });
    await connection.db.dropDatabase();
  });

  it("lists the ten newest chats of both", async () => {
    await using api = await start(settings(development));
    const token = await testToken();
    for (let number = 0; number < 12; number += 1) {
      const body = JSON.stringify({ participants: ["alice", `bob-${number}`] });
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      await fetch(`${api.url}/api/chats/create-or-get`, { method: "POST", headers, body });
    }
    await findThenInsert(api.url, { token });
    const answer = await newest(api.url, await testToken({ scope: "chat:admin" }));
    const { onechat, naive } = (await answer.json()) as Record<string, { readonly participants: unknown }[]>;
    expect(onechat?.map(({ participants }) => participants)).toEqual(
      Array.from({ length: 10 }, (_, index) => ["alice", `bob-${11 - index}`]),
    );
    expect(naive).toMatchObject([{ participants: ["alice", "bob"], createdAt: expect.any(String) }]);
  });

  it("wants a token, one with scope chat:admin for lists, and two names that are names", async () => {
    await using api = await start(settings(development));
    expect((await findThenInsert(api.url, {})).status).toBe(401);
    expect((await newest(api.url)).status).toBe(401);
    const token = await testToken();
    expect((await newest(api.url, token)).status).toBe(403);
    for (const participants of [["alice"], ["alice", { $ne: null }], ["alice", "a\u{7}b"], ["alice", ""]])
      expect((await findThenInsert(api.url, { token, participants })).status).toBe(400);
  });

  it.each([
    { name: "in production", env: { NODE_ENV: "production" } },
    { name: "in production with a console", env: { NODE_ENV: "production", CONSOLE: "1" } },
    { name: "in development without a console", env: { ...development, CONSOLE: "0" } },
  ])("is not there $name", async ({ env }) => {
    await using api = await start(settings(env));
    const token = await testToken({ scope: "chat:admin" });
    expect((await findThenInsert(api.url, { token })).status).toBe(404);
    expect((await newest(api.url, token)).status).toBe(404);
  });

  it("is told the server's own time only where there is a console", async () => {
    await using shown = await start(settings(development));
    await using hidden = await start(settings());
    const times = [shown, hidden].map(async ({ url }) =>
      (await fetch(`${url}/livez`)).headers.get("server-timing"),
    );
    expect(await Promise.all(times)).toEqual([
      expect.stringMatching(/^total;dur=\d+\.\d+;desc="from \d+\.\d+"$/),
      null,
    ]);
  });
});
