// What a migration costs, beside scripts that do the same one document after another, in one run; and its memory.
import { parseArgs } from "node:util";
import { openMongo } from "@onechat/mongo";
import { MongoClient } from "mongodb";
import { measureMemory, type MemoryResult } from "./memory-bench.ts";
import { backfillVariants, mergeVariants } from "./migrate-variants.ts";
import { type RatedResult, ratedRounds } from "./rated-rounds.ts";
import { ratioText } from "./ratio.ts";

const help = `Usage: pnpm bench:migrate [options]

  --only <part>     backfill, merge or memory; may be given several times (all of them)
  --rounds <n>      rounds of backfill and merge (5)
  --large           memory at 100,000 and 1,000,000 chats instead of 20,000 and 200,000
  --sizes <a,b>     memory at these numbers of chats
  --json            the results as JSON
  --help
`;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: ["backfill", "merge", "memory"] },
    rounds: { type: "string", default: "5" },
    large: { type: "boolean", default: false },
    sizes: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const note = (line: string): void => void process.stderr.write(`${line}\n`);

interface Results {
  readonly mongo: string;
  readonly backfill: readonly RatedResult[];
  readonly merge: readonly RatedResult[];
  readonly memory: readonly MemoryResult[];
}

async function measured(): Promise<Results> {
  await using mongo = await openMongo({ purpose: "start", env: process.env, onNotice: note });
  const client = await new MongoClient(mongo.uri).connect();
  const { only, large } = values;
  const rounds = Number(values.rounds);
  const sizes = values.sizes?.split(",").map(Number) ?? (large ? [100_000, 1_000_000] : [20_000, 200_000]);
  try {
    const backfill = only.includes("backfill")
      ? await ratedRounds(backfillVariants(client, { migration: 10_000, script: 1_000 }), rounds, note)
      : [];
    const merge = only.includes("merge")
      ? await ratedRounds(mergeVariants(client, { migration: 1_000, script: 100 }), rounds, note)
      : [];
    const memory: MemoryResult[] = [];
    for (const size of only.includes("memory") ? sizes : []) {
      note(`memory: ${size} chats`);
      memory.push(await measureMemory({ uri: mongo.uri, client }, size));
    }
    return { mongo: mongo.description, backfill, merge, memory };
  } finally {
    await client.close();
  }
}

function ratedText(title: string, results: readonly RatedResult[]): readonly string[] {
  if (results.length === 0) return [];
  const lines = results.map((result, index) => {
    const times = index === 0 ? "" : `   ${ratioText(result)}`;
    return `  ${result.name.padEnd(32)} ${result.perSecond.toFixed(0).padStart(7)}/s${times}`;
  });
  return [`\n${title}; how many times as fast the migration is, with its 95 % interval`, ...lines];
}

function memoryText(results: readonly MemoryResult[]): readonly string[] {
  const [first] = results;
  if (first === undefined) return [];
  const lines = results.map(({ chats, peakBytes, seconds, phaseSeconds }) => {
    const per = (of: number): string => `${((of / chats) * 10_000).toFixed(2)} s`;
    const phases = Object.entries(phaseSeconds).map(([phase, of]) => `${phase} ${per(of)}`);
    const peak = `${(peakBytes / 2 ** 20).toFixed(0)} MB (× ${(peakBytes / first.peakBytes).toFixed(2)})`;
    return `  ${String(chats).padStart(9)} chats   peak ${peak}   per 10,000 chats ${per(seconds)}: ${phases.join(", ")}`;
  });
  return [
    "\nmemory (resident, with a heap of 64 MB) and cost of a whole migration, a tenth of the chats duplicates",
    ...lines,
  ];
}

if (values.help) {
  process.stdout.write(help);
} else {
  const results = await measured();
  const text = [
    `MongoDB: ${results.mongo}`,
    ...ratedText("backfill: chats without duplicates", results.backfill),
    ...ratedText("merge: duplicates with their messages", results.merge),
    ...memoryText(results.memory),
  ];
  process.stdout.write(values.json ? `${JSON.stringify(results)}\n` : `${text.join("\n")}\n`);
}
