import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { noLimits } from "../test/no-limits.ts";
import { cpuSecondsOf } from "./api.ts";
import { load, percentile, type Shot } from "./load.ts";
import { secret, tokenOf } from "./shots.ts";

const program = fileURLToPath(new URL("nothing-server.mjs", import.meta.url));
const rounds = 20;
const existingChats = 500;

/**
 * How near create-or-get on existing chats comes to a procedure of the same server that does nothing: 64 connections,
 * rounds in alternation. The floor is also measured against itself, which shows the noise.
 */
export async function floor(mongoUri: string, print: (line: string) => void): Promise<void> {
  const child = fork(program, [JSON.stringify(noLimits)], {
    env: { ...process.env, MONGODB_URI: mongoUri, AUTH_JWT_SECRET: secret },
    // Without the loader that this process runs with.
    execArgv: [],
  });
  const [url] = (await once(child, "message")) as [string];
  try {
    while (!(await fetch(`${url}/readyz`)).ok) await sleep(50);
    const token = await tokenOf("alice", "chat:admin");
    const bodyOf = (index: number): string =>
      JSON.stringify({ participants: [`friend-${index % existingChats}`] });
    const nothing = (body: string): Shot => ({ path: "/trpc/bench.nothing", token, body, expected: 200 });
    const variants = {
      nothing: () => nothing(""),
      "nothing again (A/A)": () => nothing(""),
      "nothing, with the body": (index: number) => nothing(bodyOf(index)),
      "createOrGet, existing": (index: number) => ({
        path: "/trpc/chat.createOrGet",
        token,
        body: bodyOf(index),
        expected: 200,
      }),
    };
    await measure({ url, pid: child.pid ?? 0 }, variants, print);
  } finally {
    child.disconnect();
    await once(child, "exit");
  }
}

interface Round {
  readonly perSecond: number;
  /** Of the server, in microseconds. */
  readonly cpuPerCall: number;
}

type Server = { readonly url: string; readonly pid: number };

async function measure(
  server: Server,
  variants: Readonly<Record<string, (index: number) => Shot>>,
  print: (line: string) => void,
): Promise<void> {
  const all = new Map<string, Round[]>(Object.keys(variants).map((name) => [name, []]));
  for (let round = -2; round < rounds; round += 1) {
    const names = Object.keys(variants);
    const turn = (round + 2) % names.length;
    for (const name of [...names.slice(turn), ...names.slice(0, turn)]) {
      const next = variants[name];
      if (next === undefined) continue;
      const measured = await measuredRound(server, name, next);
      if (round >= 0) all.get(name)?.push(measured);
    }
  }
  const control = all.get("nothing") ?? [];
  for (const [name, own] of all) {
    const rate = median(own.map(({ perSecond }) => perSecond)).toFixed(0);
    const cpu = median(own.map(({ cpuPerCall }) => cpuPerCall)).toFixed(0);
    const rates = spread(
      own.map(({ perSecond }, round) => perSecond / (control[round]?.perSecond ?? Number.NaN)),
    );
    const costs = spread(
      own.map(({ cpuPerCall }, round) => (control[round]?.cpuPerCall ?? Number.NaN) / cpuPerCall),
    );
    print(
      `${name.padEnd(24)} ${rate.padStart(6)}/s  ${rates} of the floor   ${cpu.padStart(4)} µs  ${costs}`,
    );
  }
  print(`In brackets the middle half of ${rounds} rounds; µs: processor time of the server for a call.`);
}

async function measuredRound(
  { url, pid }: Server,
  name: string,
  next: (index: number) => Shot,
): Promise<Round> {
  const before = cpuSecondsOf(pid);
  const { sent, seconds, surprises } = await load({ url, connections: 64, seconds: 0.5, rate: null, next });
  if (Object.keys(surprises).length > 0) throw new Error(`${name}: ${JSON.stringify(surprises)}`);
  return { perSecond: sent / seconds, cpuPerCall: ((cpuSecondsOf(pid) - before) / sent) * 1e6 };
}

function median(values: readonly number[]): number {
  return percentile(sorted(values), 0.5);
}

/** The median, and the middle half. */
function spread(values: readonly number[]): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => percentile(sorted(values), share).toFixed(2));
  return `${middle} (${low}–${high})`;
}

function sorted(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}
