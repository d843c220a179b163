import { fork } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect as connectSocket } from "node:net";
import { crashableMongo, crashableMongoMissing } from "@onechat/mongo/testing";
import { until } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { program, type RunningApi, runToEnd, settings, start, stoppingItself } from "./running-api.ts";
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
  it("ends well after SIGTERM although a client keeps an idle connection", async () => {
    await using api = await start(settings());
    const idle = connectSocket(Number(new URL(api.url).port), "127.0.0.1");
    idle.write("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
    await once(idle, "data");
    api.child.kill("SIGTERM");
    // One that waited for its client would be ended with 1.
    expect(await api.ended).toBe(0);
    idle.destroy();
  });

  it("answers connections that it has accepted and that send their request only after SIGTERM", async () => {
    await using api = await start(settings(stoppingItself("shutting down")));
    const { port } = new URL(api.url);
    const sockets = Array.from({ length: 20 }, () => connectSocket(Number(port), "127.0.0.1"));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    // A connection is accepted in its turn: an answer on a later one says that all of these are.
    const later = connectSocket(Number(port), "127.0.0.1");
    later.write("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    await once(later, "data");
    api.child.kill("SIGTERM");
    await saidToShutDown(api);
    const answers = sockets.map(async (socket) => {
      socket.write("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n");
      const [chunk] = (await once(socket, "data")) as [Buffer];
      return chunk.toString().split("\r\n", 1)[0];
    });
    api.child.kill("SIGCONT");
    expect(new Set(await Promise.all(answers))).toEqual(new Set(["HTTP/1.1 200 OK"]));
    expect(await api.ended).toBe(0);
  });

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

  it.skipIf(missing !== null)(
    "answers 503 at its deadline while the database is stopped, and works again afterwards",
    async () => {
      await using mongo = await crashableMongo(process.env);
      await using api = await start(settings({ MONGODB_URI: mongo.uri }));
      expect((await createOrGet(api.url)).status).toBe(200);
      mongo.pause();
      const answers = await Promise.all([createOrGet(api.url), createOrGet(api.url)]);
      expect(answers.map(({ status }) => status)).toEqual([503, 503]);
      const message = expect.stringMatching(/(within 4000 ms|in time); try again$/) as unknown;
      for (const answer of answers) expect(await answer.json()).toMatchObject({ error: { message } });
      expect((await fetch(`${api.url}/readyz`)).status).toBe(503);
      expect((await fetch(`${api.url}/livez`)).status).toBe(200);
      mongo.resume();
      await until("calls to be answered", async () => (await createOrGet(api.url)).status === 200);
      api.child.kill("SIGTERM");
      expect(await api.ended).toBe(0);
    },
  );

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

  it("takes a connection string that the driver refuses for a mistake in its configuration, and repeats none of it", async () => {
    for (const uri of ["mongodb://me:hunter2/3@db", "mongodb://me:hunter2@", "mongodb://db/?hunter2=1"]) {
      const { code, output } = await runToEnd([], settings({ MONGODB_URI: uri }));
      expect([code, output]).toEqual([78, expect.stringContaining("- MONGODB_URI: ")]);
      expect(output).not.toContain("hunter2");
    }
  });

  it("says in one line that its port is taken, and exits with 1", async () => {
    await using first = await start(settings());
    const { port } = new URL(first.url);
    const { code, output } = await runToEnd([], settings({ PORT: port, LOG_LEVEL: "silent" }));
    expect(code).toBe(1);
    expect(output.trim()).toBe(
      `The API cannot start: port ${port} of 127.0.0.1 is in use; set PORT to another`,
    );
    first.child.kill("SIGTERM");
    expect(await first.ended).toBe(0);
  });

  it("ends with the process that started it for itself, however that ends", async () => {
    const child = fork(program, [], { env: settings(), execArgv: [], silent: true });
    const ended = once(child, "exit");
    await new Promise<void>((resolve) => {
      child.stdout?.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes('"listening"')) resolve();
      });
    });
    child.disconnect();
    expect((await ended)[0]).toBe(0);
  });

  it("explains its variables", async () => {
    expect(await runToEnd(["--help"], {})).toMatchObject({
      code: 0,
      output: expect.stringContaining("MONGODB_URI"),
    });
  });
});
