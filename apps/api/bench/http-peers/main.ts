// create-or-get over HTTP beside what an application would write by hand: how many requests a second, at what cost.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openMongo } from "@onechat/mongo";
import { rotated } from "@onechat/testing";
import { cpuSecondsOf } from "../api.ts";
import { tokenOf } from "../shots.ts";
import { apiServer, peerServer, type Server } from "./servers.ts";

const help = `Usage: npm run bench:http -- [options]

  --workload <a,b>     existing, hot, new (existing,hot,new)
  --connections <a,b>  (1,16,64,256)
  --rounds <n>         rounds of each (8)
  --seconds <n>        length of a round (0.5)
  --baseline <file>    main.js of another build of the API, in a folder beside dist, to be measured as well
  --help
`;

const { values } = parseArgs({
  options: {
    workload: { type: "string", default: "existing,hot,new" },
    connections: { type: "string", default: "1,16,64,256" },
    rounds: { type: "string", default: "8" },
    seconds: { type: "string", default: "0.5" },
    baseline: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

interface Variant {
  readonly name: string;
  readonly server: Server;
  readonly way: "rest" | "trpc";
  /** In one request. */
  readonly calls: number;
}

interface Round {
  readonly perSecond: number;
  /** Of the server, microseconds a request. */
  readonly cpu: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

interface LoadResult {
  readonly sent: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly unexpected: Readonly<Record<string, number>>;
}

const builtApi = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const noLimits = {
  RATE_LIMIT_CALLS: "0",
  RATE_LIMIT_SERVICE_CALLS: "0",
  RATE_LIMIT_REQUESTS: "0",
  MAX_EVENT_LOOP_DELAY_MS: "0",
};
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

async function measure(): Promise<void> {
  const note = (line: string): void => void process.stderr.write(`${line}\n`);
  await using mongo = await openMongo({ purpose: "start", env: process.env, onNotice: note });
  const env = { MONGODB_URI: mongo.uri };
  await using seed = await peerServer(new URL("seed-server.mjs", import.meta.url), env);
  await using fast = await peerServer(new URL("fastify-server.mjs", import.meta.url), env);
  await using own = await apiServer(builtApi, { ...env, ...noLimits, MONGODB_DB: "http-ours" });
  const variants: readonly Variant[] = [
    { name: "seed's way", server: seed, way: "rest", calls: 1 },
    { name: "Fastify, raw driver", server: fast, way: "rest", calls: 1 },
    { name: "ours, REST", server: own, way: "rest", calls: 1 },
    { name: "ours, REST again (A/A)", server: own, way: "rest", calls: 1 },
    { name: "ours, tRPC", server: own, way: "trpc", calls: 1 },
    { name: "ours, tRPC, batch of 10", server: own, way: "trpc", calls: 10 },
  ];
  const { baseline } = values;
  if (baseline === undefined) {
    // Not returned as a promise: the servers end with this function.
    await compare(variants);
    return;
  }
  await using other = await apiServer(baseline, { ...env, ...noLimits, MONGODB_DB: "http-baseline" });
  const others: readonly Variant[] = [
    { name: "baseline, REST", server: other, way: "rest", calls: 1 },
    { name: "baseline, tRPC", server: other, way: "trpc", calls: 1 },
    { name: "baseline, tRPC, batch of 10", server: other, way: "trpc", calls: 10 },
  ];
  await compare([...variants, ...others]);
}

async function compare(variants: readonly Variant[]): Promise<void> {
  const token = await tokenOf("alice");
  for (const workload of values.workload.split(","))
    for (const connections of values.connections.split(",").map(Number)) {
      const rounds = await alternated(variants, { workload, connections, token });
      report(`${workload}, ${connections} connections`, rounds);
    }
}

interface Job {
  readonly workload: string;
  readonly connections: number;
  readonly token: string;
}

/** In another order in each round, of which the first warms up. */
async function alternated(
  variants: readonly Variant[],
  job: Job,
): Promise<ReadonlyMap<Variant, readonly Round[]>> {
  const rounds = new Map<Variant, Round[]>(variants.map((variant) => [variant, []]));
  for (let round = 0; round <= Number(values.rounds); round += 1)
    for (const variant of rotated(variants, round)) {
      const measured = await measuredRound(variant, job);
      if (round > 0) rounds.get(variant)?.push(measured);
    }
  return rounds;
}

async function measuredRound({ name, server, way, calls }: Variant, job: Job): Promise<Round> {
  const before = cpuSecondsOf(server.pid);
  generator.send({ ...job, url: server.url, way, calls, seconds: Number(values.seconds) });
  const [{ sent, seconds, p50, p99, unexpected }] = (await once(generator, "message")) as [LoadResult];
  if (Object.keys(unexpected).length > 0) throw new Error(`${name}: ${JSON.stringify(unexpected)}`);
  return { perSecond: sent / seconds, cpu: ((cpuSecondsOf(server.pid) - before) / sent) * 1e6, p50, p99 };
}

function report(title: string, rounds: ReadonlyMap<Variant, readonly Round[]>): void {
  const [control = []] = rounds.values();
  const rest = [...rounds].find(([{ name }]) => name === "ours, REST")?.[1] ?? [];
  tell(`\n${title}: requests/s, processor time of the server, p50 and p99; × the seed's way; time × REST`);
  for (const [{ name }, own] of rounds) {
    const middle = (of: keyof Round): number => median(own.map((round) => round[of]));
    const times = median(
      own.map(({ perSecond }, round) => perSecond / (control[round]?.perSecond ?? Number.NaN)),
    );
    const cost = median(own.map(({ cpu }, round) => cpu / (rest[round]?.cpu ?? Number.NaN)));
    tell(
      `${name.padEnd(28)}${middle("perSecond").toFixed(0).padStart(7)}/s${middle("cpu").toFixed(0).padStart(6)} µs` +
        `${middle("p50").toFixed(1).padStart(7)} ms${middle("p99").toFixed(1).padStart(7)} ms` +
        `${times.toFixed(2).padStart(7)}${cost.toFixed(2).padStart(7)}`,
    );
  }
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const generator = fork(fileURLToPath(new URL("load.mjs", import.meta.url)), [], { execArgv: [] });
try {
  if (values.help) process.stdout.write(help);
  else await measure();
} finally {
  generator.kill();
}
