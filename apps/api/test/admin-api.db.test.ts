import { describe, expect, it } from "vitest";
import { ask, audit, status } from "./admin-calls.ts";
import { testApi, type TestApi, untilReadiness } from "./test-api.ts";
import { testToken } from "./test-tokens.ts";

async function readyApi(): Promise<TestApi> {
  const api = await testApi();
  await untilReadiness(api, 200);
  return api;
}

async function createOrGet(api: TestApi, friend: string): Promise<void> {
  const body = JSON.stringify({ participants: [friend] });
  const answer = await api.request("/api/chats/create-or-get", { method: "POST", body });
  expect(answer.status).toBe(200);
}

describe("an administrator", () => {
  it("learns how the process does and how far the migration is", async () => {
    await using api = await readyApi();
    for (const friend of ["bob", "bob", "carol"]) await createOrGet(api, friend);
    expect(await status(api)).toMatchObject({
      unready: null,
      calls: { created: 2, existing: 1, integrity: 0 },
      migration: { keyIndex: null, sealed: false, journal: {}, runner: null, lastRun: null },
    });
  });

  it("learns what is wrong while calls are refused", async () => {
    await using api = await readyApi();
    await createOrGet(api, "bob");
    await api.chats.chats.dropIndex("participantsKey_unique");
    await untilReadiness(api, 503);
    expect(await status(api)).toMatchObject({
      unready: "INDEX_MISSING",
      migration: { keyIndex: expect.stringContaining("unique index") },
    });
    expect(await audit(api)).toMatchObject({ complete: true, counts: { INDEX_MISSING: 1 } });
  });

  it("finds chats without a key, and chats whose people were changed, by id and without naming anybody", async () => {
    await using api = await readyApi();
    for (const friend of ["bob", "carol"]) await createOrGet(api, friend);
    expect(await audit(api)).toEqual({ complete: true, checked: 2, counts: {}, findings: [] });
    const { insertedIds } = await api.chats.chats.insertMany([
      { participants: ["alice", "bob"] } as never,
      { participants: ["alice", "mallory"] } as never,
    ]);
    await api.chats.chats.updateOne(
      { participants: "carol" },
      { $set: { participants: ["alice", "mallory"] } },
    );
    const found = await audit(api, { limit: 2 });
    expect(found).toMatchObject({ complete: true, counts: { KEYLESS_CHAT: 2, WRONG_KEY: 1 } });
    expect(found.findings).toHaveLength(2);
    expect(JSON.stringify(await audit(api))).toContain(String(insertedIds[0]));
    expect(JSON.stringify(await audit(api)) + api.log.join("")).not.toContain("mallory");
  });

  it("sees none of the chats of others, and nobody else is an administrator", async () => {
    await using api = await readyApi();
    await createOrGet(api, "bob");
    const authorization = `Bearer ${await testToken({ sub: "operator", scope: "chat:admin" })}`;
    const listed = await api.request("/api/chats?participant=alice", {
      caller: null,
      headers: { authorization },
    });
    expect(listed.status).toBe(403);
    for (const scope of ["", "chat:any", "admin", "chat:admin:read"]) {
      const token = await testToken({ sub: "service", scope });
      const headers = { authorization: `Bearer ${token}` };
      const answer = await api.request("/trpc/admin.status", { caller: null, headers });
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ error: { data: { reason: "FORBIDDEN" } } });
    }
  });

  it("gets one audit at a time, and is told when to come back", async () => {
    await using api = await readyApi();
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(api, "audit", {})));
    const statuses = answers.map((answer) => answer.status).toSorted((a, b) => a - b);
    expect(statuses[0]).toBe(200);
    for (const answer of answers.filter((one) => one.status !== 200))
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "5"]);
    expect((await ask(api, "audit", {})).status).toBe(200);
  });
});
