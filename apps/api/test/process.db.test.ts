import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { crashableMongo, crashableMongoMissing } from "@onechat/mongo/testing";
import { until } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { type RunningApi, runToEnd, settings, start } from "./running-api.ts";
import { testToken } from "./test-tokens.ts";

const body = '{"participants":["bob"]}';

async function createOrGet(url: string): Promise<Response> {
  const headers = { authorization: `Bearer ${await testToken()}`, "content-type": "application/json" };
  return fetch(`${url}/api/chats/create-or-get`, { method: "POST", headers, body });
}

/** A call of which it is known when the server has accepted it. */
async function acceptedCall(url: string): Promise<{ readonly answer: Promise<IncomingMessage> }> {
  const headers = {
    authorization: `Bearer ${await testToken()}`,
    "content-type": "application/json",
    "content-length": body.length,
    expect: "100-continue",
  };
  const call = request(`${url}/api/chats/create-or-get`, { method: "POST", headers });
  const answer = once(call, "response").then(([response]) => response as IncomingMessage);
  call.flushHeaders();
  await once(call, "continue");
  call.end(body);
  return { answer };
}

async function saidToShutDown(api: RunningApi): Promise<void> {
  await until("the process to shut down", () => api.log.some((line) => line.includes("shutting down")));
}

const missing = await crashableMongoMissing(process.env);

describe("the API process", () => {
  it.skipIf(missing !== null)("answers what it has accepted before it ends", async () => {
    await using mongo = await crashableMongo(process.env);
    await using api = await start(settings({ MONGODB_URI: mongo.uri }));
    expect((await createOrGet(api.url)).status).toBe(200);
    mongo.pause();
    const slow = await acceptedCall(api.url);
    api.child.kill("SIGTERM");
    await saidToShutDown(api);
    mongo.resume();
    const answer = await slow.answer;
    expect([answer.statusCode, answer.headers.connection]).toEqual([200, "close"]);
    expect(await api.ended).toBe(0);
  });

  it("says all that is wrong with its configuration, without secrets, and exits with 78", async () => {
    const { code, output } = await runToEnd([], {
      PORT: "x",
      MONGODB_URI: "http://me:hunter2@db",
      AUTH_JWT_SECRET: "hunter2",
    });
    expect(code).toBe(78);
    for (const name of ["PORT", "MONGODB_URI", "AUTH_JWT_SECRET"])
      expect(output).toMatch(new RegExp(`- ${name}: `));
    expect(output).not.toContain("hunter2");
  });

  it("explains its variables", async () => {
    expect(await runToEnd(["--help"], {})).toMatchObject({
      code: 0,
      output: expect.stringContaining("MONGODB_URI"),
    });
  });
});
