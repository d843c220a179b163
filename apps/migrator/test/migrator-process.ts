import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { migrator } from "../src/migrator.ts";
import { testHost } from "./test-host.ts";

const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "migrator-test-"));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the first line of JSON that tells of this event. */
  seen(event: string): Promise<unknown>;
}

/** Where a migrator works and what it knows beforehand. */
export interface Place {
  readonly uri: string;
  readonly database: string;
}

export const legacyConfig = {
  chats: {
    participants: "users",
    participantType: "objectId",
    where: { isGroupChat: false },
    scope: null,
  },
  references: [
    { collection: "messages", field: "chat" },
    { collection: "members", field: "chatId", onConflict: "keep-survivor" },
  ],
  fold: { createdAt: "min", updatedAt: "max", latestMessage: { newestBy: "updatedAt" } },
};

/** A file with this text, for as long as the machine keeps temporary files. */
export function fileWith(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const configFile = fileWith("migrator.json", JSON.stringify(legacyConfig));

export function start(
  { uri, database }: Place,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  const settings = {
    MONGODB_URI: uri,
    MONGODB_DB: database,
    MIGRATOR_CONFIG: configFile,
    MIGRATOR_GRACE: "0",
    ...env,
  };
  const child = spawn(process.execPath, [program, ...args], {
    env: settings,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  const events = new Map<string, unknown>();
  const waiting = new Map<string, (line: unknown) => void>();
  createInterface({ input: child.stdout }).on("line", (text) => {
    if (!text.startsWith("{")) return;
    const line = JSON.parse(text) as { readonly event?: string };
    events.set(line.event ?? "", line);
    waiting.get(line.event ?? "")?.(line);
  });
  return {
    child,
    ended: once(child, "close").then(([code]) => ({ code: code as number | null, ...output })),
    seen: (event) =>
      new Promise((resolve) => {
        if (events.has(event)) resolve(events.get(event));
        waiting.set(event, resolve);
      }),
  };
}

export function run(
  place: Place,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return start(place, args, env).ended;
}

/** The same program inside this process, which spares starting one. */
export async function runHere({ uri, database }: Place, args: readonly string[]): Promise<Ended> {
  const env = {
    MONGODB_URI: uri,
    MONGODB_DB: database,
    MIGRATOR_CONFIG: "migrator.json",
    MIGRATOR_GRACE: "0",
  };
  const host = testHost(env, { "migrator.json": JSON.stringify(legacyConfig) });
  const code = await migrator(args, host);
  return { code, stdout: host.written.out, stderr: host.written.err };
}

/** Several that do not disturb each other, at the same time. */
export function runAll(place: Place, commands: readonly (readonly string[])[]): Promise<readonly Ended[]> {
  return Promise.all(commands.map((args) => runHere(place, args)));
}
