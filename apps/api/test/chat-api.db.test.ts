import { describe, expect, it } from "vitest";
import { testApi, type TestApi, untilReadiness } from "./test-api.ts";
import { testToken } from "./test-tokens.ts";

interface Answer {
  readonly status: number;
  readonly body: {
    readonly chat?: {
      readonly id: string;
      readonly participants: readonly string[];
      readonly createdAt: string;
    };
    readonly created?: boolean;
    readonly chats?: readonly { readonly id: string }[];
    readonly next?: string | null;
    readonly error?: { readonly message: string; readonly data: Readonly<Record<string, unknown>> };
  };
}

async function readyApi(): Promise<TestApi> {
  const api = await testApi();
  await untilReadiness(api, 200);
  return api;
}

async function rest(
  api: TestApi,
  path: string,
  init: Parameters<TestApi["request"]>[1] = {},
): Promise<Answer> {
  const answer = await api.request(path, init);
  return { status: answer.status, body: (await answer.json()) as Answer["body"] };
}

function createOrGet(api: TestApi, input: unknown, caller = "alice"): Promise<Answer> {
  return rest(api, "/api/chats/create-or-get", { method: "POST", body: JSON.stringify(input), caller });
}

describe("creating or getting a chat over HTTP", () => {
  it("creates once, whoever of the two asks and whether or not they name themselves", async () => {
    await using api = await readyApi();
    const first = await createOrGet(api, { participants: ["bob"] });
    expect(first).toMatchObject({
      status: 200,
      body: { created: true, chat: { participants: ["alice", "bob"], scope: "" } },
    });
    expect(first.body.chat?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    for (const [participants, caller] of [
      [["alice", "bob"], "alice"],
      [["bob", "bob"], "alice"],
      [["alice"], "bob"],
    ] as const) {
      const again = await createOrGet(api, { participants }, caller);
      expect(again.body).toEqual({ created: false, chat: first.body.chat });
    }
    expect(await api.chats.chats.findOne({})).toMatchObject({ createdBy: "alice" });
  });

  it("looks for a chat without making one", async () => {
    await using api = await readyApi();
    const find = (input: unknown, caller = "alice"): Promise<Answer> =>
      rest(api, "/api/chats/find", { method: "POST", body: JSON.stringify(input), caller });
    expect(await find({ participants: ["bob"] })).toEqual({ status: 200, body: null });
    const { body } = await createOrGet(api, { participants: ["bob"] });
    expect(body.created).toBe(true);
    expect(await find({ participants: ["alice"] }, "bob")).toEqual({ status: 200, body: body.chat });
    expect(await find({ participants: [] })).toMatchObject({
      status: 400,
      body: { error: { data: { reason: "INVALID_PARTICIPANTS", path: "chat.find" } } },
    });
  });

  it("opens a chat with oneself, and other chats in other scopes", async () => {
    await using api = await readyApi();
    const self = await createOrGet(api, { participants: ["alice"] });
    const scoped = await createOrGet(api, { participants: ["alice"], scope: "project-1" });
    expect(self.body.chat).toMatchObject({ participants: ["alice"], scope: "" });
    expect(scoped.body).toMatchObject({ created: true, chat: { scope: "project-1" } });
  });

  it("lets a token with scope chat:any act for others, and nobody else", async () => {
    await using api = await readyApi();
    const service = { authorization: `Bearer ${await testToken({ sub: "service", scope: "chat:any" })}` };
    const body = JSON.stringify({ participants: ["bob", "carol"] });
    const created = await rest(api, "/api/chats/create-or-get", {
      method: "POST",
      body,
      headers: service,
      caller: null,
    });
    expect(created.body.chat?.participants).toEqual(["bob", "carol"]);
    const id = created.body.chat?.id;
    expect((await rest(api, `/api/chats/${id}`, { headers: service, caller: null })).status).toBe(200);
    expect(
      (await rest(api, "/api/chats?participant=bob", { headers: service, caller: null })).body.chats,
    ).toHaveLength(1);
    expect((await rest(api, `/api/chats/${id}`, { caller: "bob" })).status).toBe(200);
    expect(await rest(api, `/api/chats/${id}`)).toMatchObject({
      status: 404,
      body: { error: { data: { reason: "CHAT_NOT_FOUND" } } },
    });
    expect(await rest(api, "/api/chats?participant=bob")).toMatchObject({
      status: 403,
      body: { error: { data: { reason: "FORBIDDEN" } } },
    });
  });

  it("answers that somebody else's chat is not there, exactly as if it were not", async () => {
    await using api = await readyApi();
    const { body } = await createOrGet(api, { participants: ["bob"] });
    const id = body.chat?.id ?? "";
    const foreign = await rest(api, `/api/chats/${id}`, { caller: "mallory" });
    const absent = await rest(api, "/api/chats/000000000000000000000000", { caller: "mallory" });
    expect(foreign.status).toBe(404);
    expect(foreign.body.error?.message).toBe(absent.body.error?.message);
    expect((await rest(api, "/api/chats", { caller: "mallory" })).body.chats).toEqual([]);
  });

  it("pages through the caller's chats", async () => {
    await using api = await readyApi();
    for (const friend of ["a", "b", "c"]) await createOrGet(api, { participants: [friend] });
    const first = await rest(api, "/api/chats?limit=2");
    expect(first.body.chats).toHaveLength(2);
    const second = await rest(api, `/api/chats?limit=2&after=${first.body.next}`);
    expect(second.body).toMatchObject({ chats: [{}], next: null });
  });

  it("refuses a chat whose participants were edited behind its back, naming nobody", async () => {
    await using api = await readyApi();
    await createOrGet(api, { participants: ["bob"] });
    await api.chats.chats.updateOne({}, { $set: { participants: ["alice", "mallory"] } });
    const refused = await createOrGet(api, { participants: ["bob"] });
    expect(refused).toMatchObject({ status: 500, body: { error: { data: { reason: "INTEGRITY" } } } });
    expect(JSON.stringify(refused.body) + api.log.join("")).not.toMatch(/mallory/);
  });

  it("logs every request once, with its status, and neither tokens nor people", async () => {
    await using api = await readyApi();
    await createOrGet(api, { participants: ["bob-the-builder"] });
    await rest(api, "/api/chats/000000000000000000000000");
    const requests = api.log
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === "request");
    expect(requests).toMatchObject([
      { method: "POST", route: "/api/chats/create-or-get", status: 200 },
      { method: "GET", route: "/api/chats/:id", status: 404 },
    ]);
    expect(api.log.join("")).not.toMatch(/alice|bob|Bearer|eyJ|already sent/);
  });
});

describe("readiness", () => {
  it("turns when the unique index is dropped; calls are refused, and it recovers when the index is back", async () => {
    await using api = await readyApi();
    await createOrGet(api, { participants: ["bob"] });
    await api.chats.chats.dropIndex("participantsKey_unique");
    const unready = await untilReadiness(api, 503);
    expect(unready.headers.get("retry-after")).toBe("1");
    expect(await unready.json()).toMatchObject({
      error: {
        message: expect.stringContaining("migrator up --execute --to index"),
        data: { reason: "INDEX_MISSING", httpStatus: 503 },
      },
    });
    const find = `/trpc/chat.find?input=${encodeURIComponent('{"participants":["bob"]}')}`;
    for (const path of ["/api/chats", "/api/chats/000000000000000000000000", find])
      expect(await rest(api, path)).toMatchObject({
        status: 503,
        body: { error: { data: { reason: "INDEX_MISSING" } } },
      });
    const refused = await createOrGet(api, { participants: ["carol"] });
    expect(refused).toMatchObject({ status: 503, body: { error: { data: { reason: "INDEX_MISSING" } } } });
    expect((await api.request("/livez")).status).toBe(200);
    expect(await api.chats.chats.countDocuments()).toBe(1);

    await api.chats.chats.createIndex({ participantsKey: 1 }, { unique: true, sparse: true });
    await untilReadiness(api, 200);
    expect((await createOrGet(api, { participants: ["carol"] })).status).toBe(200);
  });

  it("is refused for a collection that has chats but no index: building it is the operator's decision", async () => {
    await using first = await readyApi();
    await createOrGet(first, { participants: ["bob"] });
    await first.chats.chats.dropIndexes();
    await using second = await testApi({ database: first.chats.db.databaseName });
    const unready = await untilReadiness(second, 503);
    expect(await unready.json()).toMatchObject({ error: { data: { reason: "INDEX_MISSING" } } });
    expect(await first.chats.chats.indexes()).toHaveLength(1);
  });

  it("and calls answer 503 with Retry-After while the database is down; liveness stays", async () => {
    await using api = await testApi({ mongoUri: "mongodb://127.0.0.1:9/" });
    const answers = await Promise.all([
      api.request("/readyz"),
      api.request("/api/chats/create-or-get", { method: "POST", body: '{"participants":["bob"]}' }),
      api.request("/api/chats"),
      api.request("/trpc/chat.get?input=%7B%22id%22%3A%22a%22%7D"),
    ]);
    for (const answer of answers) {
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(await answer.json()).toMatchObject({
        error: { data: { reason: "UNAVAILABLE", httpStatus: 503 } },
      });
    }
    expect((await api.request("/livez")).status).toBe(200);
  });
});

describe("a chat whose id is text with every kind of character", () => {
  it("is found over REST as it is over tRPC", async () => {
    await using api = await readyApi();
    const id = "room 1/ü?%&#+";
    await api.chats.db
      .collection<{ _id: string; participants: string[] }>("chats")
      .insertOne({ _id: id, participants: ["alice"] });
    const overRest = await rest(api, `/api/chats/${encodeURIComponent(id)}`);
    const input = encodeURIComponent(JSON.stringify({ id }));
    const overTrpc: unknown = await (await api.request(`/trpc/chat.get?input=${input}`)).json();
    expect(overRest).toMatchObject({ status: 200, body: { id, participants: ["alice"] } });
    expect(overTrpc).toEqual({ result: { data: overRest.body } });
  });
});

describe("from the first signal to stop", () => {
  it("the process is not ready, but answers the calls that still reach it", async () => {
    await using api = await readyApi();
    api.beginShutdown();
    const unready = await api.request("/readyz");
    expect(unready.status).toBe(503);
    expect(await unready.json()).toMatchObject({ error: { data: { reason: "UNAVAILABLE" } } });
    expect((await createOrGet(api, { participants: ["bob"] })).status).toBe(200);
  });
});

describe("what is optional", () => {
  it("development tokens are there when asked for, and work", async () => {
    await using api = await testApi({ devToken: true });
    await untilReadiness(api, 200);
    const { token } = (await (
      await api.request("/dev/token", { method: "POST", body: '{"sub":"dave"}', caller: null })
    ).json()) as { token: string };
    const answer = await api.request("/api/chats", {
      caller: null,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(200);
    for (const body of ["{}", '{"sub":""}', '{"sub":{"$ne":null}}']) {
      expect((await api.request("/dev/token", { method: "POST", body, caller: null })).status).toBe(400);
    }
    await using production = await testApi();
    expect((await production.request("/dev/token", { method: "POST", body: '{"sub":"dave"}' })).status).toBe(
      404,
    );
  });

  it("browsers of listed origins may call, others may not", async () => {
    await using api = await testApi({ corsOrigins: ["https://app.example"] });
    const preflight = async (origin: string): Promise<string | null> => {
      const headers = { origin, "access-control-request-method": "POST" };
      const answer = await api.request("/trpc/chat.createOrGet", {
        method: "OPTIONS",
        headers,
        caller: null,
      });
      return answer.headers.get("access-control-allow-origin");
    };
    expect(await preflight("https://app.example")).toBe("https://app.example");
    expect(await preflight("https://evil.example")).toBeNull();
  });
});
