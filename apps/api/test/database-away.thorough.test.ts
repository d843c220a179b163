import { crashableMongo, crashableMongoMissing, databaseName } from "@onechat/mongo/testing";
import { needs, until } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { audit, status } from "./admin-calls.ts";
import { settings, start } from "./running-api.ts";
import { testApi, untilReadiness } from "./test-api.ts";
import { testToken } from "./test-tokens.ts";

const missing = await crashableMongoMissing(process.env);

async function createOrGet(url: string): Promise<Response> {
  const headers = { authorization: `Bearer ${await testToken()}`, "content-type": "application/json" };
  return fetch(`${url}/api/chats/create-or-get`, {
    method: "POST",
    headers,
    body: '{"participants":["bob"]}',
  });
}

describe("while the database is away", needs(missing), () => {
  it("answers 503 at its deadline while the database is stopped, and works again afterwards", async () => {
    await using mongo = await crashableMongo(process.env);
    await using api = await start(settings({ MONGODB_URI: mongo.uri }));
    expect((await createOrGet(api.url)).status).toBe(200);
    mongo.pause();
    const answers = await Promise.all([createOrGet(api.url), createOrGet(api.url)]);
    expect(answers.map((answer) => answer.status)).toEqual([503, 503]);
    const message = expect.stringMatching(/(within 4000 ms|in time); try again$/) as unknown;
    for (const answer of answers) expect(await answer.json()).toMatchObject({ error: { message } });
    expect((await fetch(`${api.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${api.url}/livez`)).status).toBe(200);
    mongo.resume();
    await until("calls to be answered", async () => (await createOrGet(api.url)).status === 200);
    api.child.kill("SIGTERM");
    expect(await api.ended).toBe(0);
  });

  it("the status is answered, an audit is not, and both recover", async () => {
    await using mongo = await crashableMongo(process.env);
    await using api = await testApi({ mongoUri: mongo.uri, database: databaseName("admin") });
    await untilReadiness(api, 200);
    mongo.pause();
    await untilReadiness(api, 503);
    expect(await status(api)).toMatchObject({ unready: "UNAVAILABLE", migration: null });
    mongo.resume();
    await untilReadiness(api, 200);
    expect(await status(api)).toMatchObject({ unready: null, migration: { keyIndex: null } });
    expect(await audit(api)).toMatchObject({ complete: true });
  });
});
