import { availableParallelism } from "node:os";
import { randomBytes } from "node:crypto";
import type { MongoServer } from "@onechat/mongo";
import type { Host } from "../host.ts";
import { startApi } from "../paths/api-process.ts";
import { freePort } from "../paths/free-port.ts";
import { hostsOf } from "../run/open-database.ts";
import { type Ground, openGround, prepareVariants } from "../run/ground.ts";
import { startFleet } from "../worker/fleet.ts";
import { newEpoch, runClock } from "../worker/run-clock.ts";

export interface Finding {
  /** `weak`: a run works and proves less; `missing`: it cannot begin. */
  readonly state: "fine" | "weak" | "missing";
  readonly what: string;
  readonly text: string;
}

/** What a run needs, in the order in which it will need it; ends at what makes the rest impossible. */
export async function* examine(host: Host, uri: string | null): AsyncGenerator<Finding, void, void> {
  yield nodeVersion();
  yield cores();
  const opened = await openedGround(host, uri);
  if ("state" in opened) {
    yield opened;
    return;
  }
  await using ground = opened;
  yield { state: "fine", what: "database", text: `${ground.mongo.provider}, ${ground.mongo.description}` };
  yield crashes(ground.mongo);
  for (const [what, examiner] of [
    ["unique index", () => uniqueIndex(ground)],
    ["calling process", () => worker(host)],
    ["API process", () => api(host, ground)],
  ] as const) {
    yield await attempted(what, examiner);
  }
  await ground.dropAll();
}

function nodeVersion(): Finding {
  return { state: "fine", what: "node", text: process.version };
}

function cores(): Finding {
  const count = availableParallelism();
  const text = `${count}: database, API and callers share them`;
  return { state: count >= 2 ? "fine" : "weak", what: "cores", text };
}

async function openedGround(host: Host, uri: string | null): Promise<Ground | Finding> {
  try {
    return await openGround({ uri, keepIn: null, run: "doctor", env: host.env, onNotice: () => undefined });
  } catch (error) {
    return { state: "missing", what: "database", text: messageOf(error) };
  }
}

function crashes({ capabilities, uri, provider }: MongoServer): Finding {
  const what = "database faults";
  if (capabilities.crash)
    return { state: "fine", what, text: "the engine can be killed, stopped and started again" };
  const text = `db-kill and db-pause need an engine of our own; this one is ${provider} at ${hostsOf(uri)}`;
  return { state: "weak", what, text };
}

async function attempted(what: string, examiner: () => Promise<string>): Promise<Finding> {
  try {
    return { state: "fine", what, text: await examiner() };
  } catch (error) {
    return { state: "missing", what, text: messageOf(error) };
  }
}

async function uniqueIndex(ground: Ground): Promise<string> {
  await prepareVariants(ground, ["ours", "naive", "mongoose", "raw"]);
  return "onechat has built its own and believes it";
}

async function worker({ env }: Host): Promise<string> {
  const epoch = newEpoch();
  const clock = runClock(epoch);
  await using fleet = await startFleet({ size: 1, epoch, clock, env, onOperations: () => undefined });
  return `${fleet.size} started and ended`;
}

async function api({ env }: Host, { mongo, databaseOf }: Ground): Promise<string> {
  const port = await freePort();
  const secret = randomBytes(32).toString("hex");
  await using started = await startApi({
    port,
    uri: mongo.uri,
    database: databaseOf("ours"),
    secret,
    env,
    until: "readyz",
  });
  return `ready at ${started.url}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error
    ? error.message.replaceAll(/\s*\n\s*/g, " ")
    : "something that is no error was thrown";
}
