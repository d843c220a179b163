import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { crashableMongo, crashableMongoMissing, databaseName, testMongo } from "@onechat/mongo/testing";
import { describe, expect, it } from "vitest";
import { secret, testToken } from "./test-tokens.ts";

const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));

interface RunningApi {
  readonly child: ChildProcess;
  readonly url: string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

function settings(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    MONGODB_URI: testMongo().uri,
    MONGODB_DB: databaseName("process"),
    AUTH_JWT_SECRET: secret,
    PORT: "0",
    ...env,
  };
}

async function start(env: Record<string, string>): Promise<RunningApi> {
  const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const { msg, url: address } = JSON.parse(line) as { readonly msg: string; readonly url?: string };
      if (msg === "listening" && address !== undefined) resolve(address);
    });
  });
  while (!(await fetch(`${url}/readyz`)).ok) await sleep(50);
  return { child, url, ended };
}

async function runToEnd(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  return { code, output };
}

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
    const api = await start(settings());
    const idle = connectSocket(Number(new URL(api.url).port), "127.0.0.1");
    idle.write("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
    await once(idle, "data");
    const started = performance.now();
    api.child.kill("SIGTERM");
    expect(await api.ended).toBe(0);
    expect(performance.now() - started).toBeLessThan(5_000);
    idle.destroy();
  });

  it.skipIf(missing !== null)("answers what it has accepted before it ends", async () => {
    await using mongo = await crashableMongo(process.env);
    const api = await start(settings({ MONGODB_URI: mongo.uri }));
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
      const api = await start(settings({ MONGODB_URI: mongo.uri }));
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
    const first = await start(settings());
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
