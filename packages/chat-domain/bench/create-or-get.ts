// What create-or-get costs beside what an application would write by hand, on the same database in the same run.
// The package is taken as it is built: the loader that runs this file adds a call to each function that is made.
import { parseArgs } from "node:util";
import { openMongo } from "@onechat/mongo";
import { type BurstResult, burstRounds } from "./create-or-get/burst.ts";
import { type CeilingResult, ceilingRounds } from "./create-or-get/ceiling.ts";
import { controls, type Variants } from "./create-or-get/controls.ts";
import { type HeavyResult, heavyRounds } from "./create-or-get/heavy.ts";
import { flatMemory } from "./create-or-get/memory.ts";
import { overload } from "./create-or-get/overload.ts";
import { burstText, ceilingText, heavyText, loadText } from "./create-or-get/text.ts";
import { type LoadResult, loadRounds } from "./create-or-get/load-rounds.ts";
import { workloads } from "./create-or-get/workloads.ts";

const help = `Usage: pnpm bench [options]

  --only <part>      load, burst, ceiling, heavy, memory or overload; may be given several times (load and burst)
  --workload <name>  existing, fresh, hot or mixed; may be given several times (all of them)
  --callers <a,b>    concurrent callers of load (1,16,64,256,1024)
  --rounds <n>       rounds of each (10)
  --legacy <policy>  claim or none (none)
  --calls <n>        calls of memory (1,000,000)
  --seconds <n>      length of overload (60)
  --json             the results as JSON
  --help
`;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: ["load", "burst"] },
    workload: { type: "string", multiple: true, default: Object.keys(workloads) },
    callers: { type: "string", default: "1,16,64,256,1024" },
    rounds: { type: "string", default: "10" },
    legacy: { type: "string", default: "none" },
    calls: { type: "string", default: "1000000" },
    seconds: { type: "string", default: "60" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const note = (line: string): void => void process.stderr.write(`${line}\n`);
const tell = (line: string): void => void (values.json || process.stdout.write(`${line}\n`));

const rounds = Number(values.rounds);

async function measured(): Promise<void> {
  await using mongo = await openMongo({ purpose: "start", env: process.env, onNotice: note });
  const { only } = values;
  const legacy = values.legacy === "claim" ? "claim" : "none";
  await using variants = await controls(mongo.uri, legacy);
  tell(`MongoDB: ${mongo.description}`);
  const results = {
    load: only.includes("load") ? await measuredLoad(variants) : [],
    burst: only.includes("burst") ? await measuredBursts(variants) : [],
    ceiling: only.includes("ceiling") ? await measuredCeiling(mongo.uri, variants) : [],
    heavy: only.includes("heavy") ? await measuredHeavy(mongo.uri) : [],
    memory: only.includes("memory") ? await flatMemory(variants, Number(values.calls), tell) : [],
    overload: only.includes("overload") ? await overload(variants, Number(values.seconds), tell) : null,
  };
  if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
}

async function measuredLoad(variants: Variants): Promise<readonly LoadResult[]> {
  const results: LoadResult[] = [];
  for (const workload of values.workload) {
    for (const callers of values.callers.split(",").map(Number)) {
      const result = await loadRounds(variants, { workload, callers, rounds });
      tell(loadText(result));
      results.push(result);
    }
  }
  return results;
}

async function measuredBursts(variants: Variants): Promise<readonly BurstResult[]> {
  const results: BurstResult[] = [];
  for (const callers of [150, 1_024]) {
    const result = await burstRounds(variants, { callers, rounds });
    tell(burstText(result));
    results.push(result);
  }
  return results;
}

async function measuredCeiling(uri: string, variants: Variants): Promise<readonly CeilingResult[]> {
  const results: CeilingResult[] = [];
  for (const callers of [64, 1_024]) {
    const result = await ceilingRounds(uri, variants, { callers, rounds });
    tell(ceilingText(result));
    results.push(result);
  }
  return results;
}

async function measuredHeavy(uri: string): Promise<readonly HeavyResult[]> {
  const results = await heavyRounds(uri, rounds);
  for (const result of results) tell(heavyText(result));
  return results;
}

if (values.help) process.stdout.write(help);
else await measured();
