// What create-or-get costs beside what an application would write by hand, on the same database in the same run.
// The package is taken as it is built: the loader that runs this file adds a call to each function that is made.
import { parseArgs } from "node:util";
import { openMongo } from "@onechat/mongo";
import { type BurstResult, burstRounds } from "./create-or-get/burst.ts";
import { controls } from "./create-or-get/controls.ts";
import { flatMemory } from "./create-or-get/memory.ts";
import { overload } from "./create-or-get/overload.ts";
import { burstText, loadText } from "./create-or-get/text.ts";
import { type LoadResult, loadRounds } from "./create-or-get/load-rounds.ts";
import { workloads } from "./create-or-get/workloads.ts";

const help = `Usage: pnpm bench [options]

  --only <part>      load, burst, memory or overload; may be given several times (load and burst)
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

async function measured(): Promise<void> {
  await using mongo = await openMongo({ purpose: "start", env: process.env, onNotice: note });
  const { only, rounds } = values;
  const legacy = values.legacy === "claim" ? "claim" : "none";
  await using variants = await controls(mongo.uri, legacy);
  tell(`MongoDB: ${mongo.description}`);
  const load: LoadResult[] = [];
  const burst: BurstResult[] = [];
  for (const name of only.includes("load") ? values.workload : []) {
    for (const callers of values.callers.split(",").map(Number)) {
      const result = await loadRounds(variants, { workload: name, callers, rounds: Number(rounds) });
      tell(loadText(result));
      load.push(result);
    }
  }
  for (const callers of only.includes("burst") ? [150, 1_024] : []) {
    const result = await burstRounds(variants, { callers, rounds: Number(rounds) });
    tell(burstText(result));
    burst.push(result);
  }
  const memory = only.includes("memory") ? await flatMemory(variants, Number(values.calls), tell) : [];
  const stressed = only.includes("overload") ? await overload(variants, Number(values.seconds), tell) : null;
  if (values.json) process.stdout.write(`${JSON.stringify({ load, burst, memory, overload: stressed })}\n`);
}

if (values.help) process.stdout.write(help);
else await measured();
