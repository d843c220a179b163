import { fork } from "node:child_process";
import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { crashableMongo, crashableMongoMissing } from "@onechat/mongo/testing";
import { describe, expect, it } from "vitest";
import { program, runToEnd, settings, start } from "./running-api.ts";
import { testToken } from "./test-tokens.ts";

async function createOrGet(url: string): Promise<Response> {
  const headers = { authorization: `Bearer ${await testToken()}`, "content-type": "application/json" };
  return fetch(`${url}/api/chats/create-or-get`, {
    method: "POST",
    headers,
    body: '{"participants":["bob"]}',
  });
}

const missing = await crashableMongoMissing(process.env);

describe("the API process", () => {
  it("ends within seconds of SIGTERM although a client keeps an idle connection", async () => {
    await using api = await start(settings());
    const idle = connectSocket(Number(new URL(api.url).port), "127.0.0.1");
    idle.write("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
    await once(idle, "data");
    const started = performance.now();
    api.child.kill("SIGTERM");
    expect(await api.ended).toBe(0);
    expect(performance.now() - started).toBeLessThan(5_000);
    idle.destroy();
  });

  it("answers connections that it has accepted and that send their request only after SIGTERM", async () => {
    await using api = await start(settings());
    const { port } = new URL(api.url);
    const sockets = Array.from({ length: 20 }, () => connectSocket(Number(port), "127.0.0.1"));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    // A connection is accepted in its turn: an answer on a later one says that all of these are.
    const later = connectSocket(Number(port), "127.0.0.1");
    later.write("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    await once(later, "data");
    api.child.kill("SIGTERM");
    while (!api.log.some((line) => line.includes("shutting down"))) await sleep(5);
    const answers = sockets.map(async (socket) => {
      socket.write("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n");
      const [chunk] = (await once(socket, "data")) as [Buffer];
      return chunk.toString().split("\r\n", 1)[0];
    });
    expect(new Set(await Promise.all(answers))).toEqual(new Set(["HTTP/1.1 200 OK"]));
    expect(await api.ended).toBe(0);
  });

  it.skipIf(missing !== null)("answers what it has accepted before it ends", async () => {
    await using mongo = await crashableMongo(process.env);
    await using api = await start(settings({ MONGODB_URI: mongo.uri }));
    expect((await createOrGet(api.url)).status).toBe(200);
    mongo.pause();
    const slow = createOrGet(api.url);
    await sleep(200);
    api.child.kill("SIGTERM");
    await sleep(200);
    mongo.resume();
    const answer = await slow;
    expect([answer.status, answer.headers.get("connection")]).toEqual([200, "close"]);
    expect(await api.ended).toBe(0);
  });

  it.skipIf(missing !== null)(
    "answers 503 within 5 seconds while the database is stopped, and works again afterwards",
    async () => {
      await using mongo = await crashableMongo(process.env);
      await using api = await start(settings({ MONGODB_URI: mongo.uri }));
      expect((await createOrGet(api.url)).status).toBe(200);
      mongo.pause();
      const started = performance.now();
      const answers = await Promise.all([createOrGet(api.url), createOrGet(api.url)]);
      expect(performance.now() - started).toBeLessThan(5_000);
      expect(answers.map(({ status }) => status)).toEqual([503, 503]);
      expect((await fetch(`${api.url}/readyz`)).status).toBe(503);
      expect((await fetch(`${api.url}/livez`)).status).toBe(200);
      mongo.resume();
      while ((await createOrGet(api.url)).status !== 200) await sleep(100);
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
