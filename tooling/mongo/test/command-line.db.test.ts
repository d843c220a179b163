import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { needs, until } from "@onechat/testing";
import { MongoClient } from "mongodb";
import { describe, expect, it } from "vitest";
import { engineMissing } from "./embedded-engine.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));

interface Cli {
  readonly child: ChildProcess;
  readonly firstLine: string;
  readonly uri: string;
  readonly exit: Promise<unknown[]>;
}

/** Runs the command line tool until its first line on stdout. */
async function started(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Cli> {
  const child = spawn(process.execPath, [program, "--provider", "embedded", ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const exit = once(child, "exit");
  const [firstLine] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, firstLine, uri: firstLine.replace("MONGODB_URI=", ""), exit };
}

async function finished(args: readonly string[]): Promise<{ code: unknown; out: string; err: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const read = async (stream: AsyncIterable<Buffer>): Promise<string> => {
    let text = "";
    for await (const chunk of stream) text += chunk.toString();
    return text;
  };
  const [[code], out, err] = await Promise.all([once(child, "exit"), read(child.stdout), read(child.stderr)]);
  return { code: code as unknown, out, err };
}

async function answers(uri: string): Promise<boolean> {
  const client = new MongoClient(uri);
  try {
    return (await client.db("admin").command({ ping: 1 }))["ok"] === 1;
  } finally {
    await client.close();
  }
}

/** Whether nothing listens at the address any more. */
async function isGone(uri: string): Promise<boolean> {
  const socket = connect(Number(new URL(uri).port), "127.0.0.1");
  try {
    await once(socket, "connect");
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

describe("the command line tool", needs(engineMissing), () => {
  it("prints the address first, serves it, and ends well when told to", async () => {
    const { child, firstLine, uri, exit } = await started([]);
    expect(firstLine).toMatch(/^MONGODB_URI=mongodb:\/\/127\.0\.0\.1:\d+\//);
    expect(await answers(uri)).toBe(true);
    child.kill("SIGTERM");
    expect(await exit).toEqual([0, null]);
    expect(await isGone(uri)).toBe(true);
  });

  it("keeps the data of a given folder between runs", async () => {
    await using folder = await temporaryFolder();
    for (const expected of [1, 2, 3]) {
      const { child, uri, exit } = await started(["--dir", folder.path]);
      const client = new MongoClient(uri);
      await client.db("kept").collection("runs").insertOne({});
      expect(await client.db("kept").collection("runs").countDocuments()).toBe(expected);
      await client.close();
      child.kill("SIGINT");
      expect(await exit).toEqual([0, null]);
    }
  });

  it("ends with 1 when the engine is killed under it, and removes the data", async () => {
    await using folder = await temporaryFolder();
    const { child, uri, exit } = await started([], { TMPDIR: folder.path });
    const [engine] = await childrenOf(child);
    process.kill(Number(engine), "SIGKILL");
    expect(await exit).toEqual([1, null]);
    expect(await isGone(uri)).toBe(true);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it("leaves no engine and no data behind when it is killed itself", async () => {
    await using folder = await temporaryFolder();
    const { child, uri } = await started([], { TMPDIR: folder.path });
    expect(readdirSync(folder.path)).toHaveLength(1);
    const [engine] = await childrenOf(child);
    child.kill("SIGKILL");
    await until("the engine to be gone", () => isGone(uri));
    await until("the end of its process", () => !isRunning(Number(engine)));
    await until("its data to be removed", () => readdirSync(folder.path).length === 0);
  });

  it("serves several processes at once", async () => {
    const { child, uri, exit } = await started([]);
    const writer = `
      import { MongoClient } from "mongodb";
      const client = new MongoClient(${JSON.stringify(uri)});
      for (let count = 0; count < 100; count += 1) {
        await client.db("shared").collection("writes").insertOne({}, { writeConcern: { w: "majority", journal: true } });
      }
      await client.close();`;
    const cwd = fileURLToPath(new URL(".", import.meta.url));
    const writers = Array.from({ length: 4 }, () =>
      once(spawn(process.execPath, ["--input-type=module", "-e", writer], { cwd, stdio: "inherit" }), "exit"),
    );
    expect(await Promise.all(writers)).toEqual(Array.from({ length: 4 }, () => [0, null]));
    const client = new MongoClient(uri);
    expect(await client.db("shared").collection("writes").countDocuments()).toBe(400);
    await client.close();
    child.kill("SIGTERM");
    await exit;
  });

  it("explains itself, and what it did not understand", async () => {
    const help = await finished(["--help"]);
    expect(help).toMatchObject({ code: 0, err: "" });
    expect(help.out).toContain("--port");
    const wrong = await finished(["--prot", "1"]);
    expect(wrong).toMatchObject({ code: 2, out: "" });
    expect(wrong.err).toContain("--prot");
    expect(wrong.err).toContain("Usage:");
  });
});

const proc = existsSync("/proc") ? null : "processes are looked for in /proc, which only Linux has";

describe("a frozen engine", needs(engineMissing ?? proc), () => {
  it("is woken and ends when its parent is killed", async () => {
    const source = new URL("../dist/index.js", import.meta.url).href;
    const parent = `
      import { openMongo } from ${JSON.stringify(source)};
      const server = await openMongo({ purpose: "test", provider: "embedded", env: process.env });
      server.pause();
      console.log("frozen");
      setInterval(() => undefined, 1_000);`;
    await using folder = await temporaryFolder();
    const child = spawn(process.execPath, ["--input-type=module", "-e", parent], {
      env: { ...process.env, TMPDIR: folder.path },
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(createInterface(child.stdout), "line");
    const processes = await childrenOf(child);
    expect(processes).toHaveLength(2);
    child.kill("SIGKILL");
    await until("the end of its processes", () => !processes.some((id) => isRunning(Number(id))));
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

async function childrenOf({ pid }: ChildProcess): Promise<readonly string[]> {
  const child = spawn("pgrep", ["-P", String(pid)], { stdio: ["ignore", "pipe", "ignore"] });
  const ids: string[] = [];
  for await (const line of createInterface(child.stdout)) ids.push(line.trim());
  return ids;
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}
