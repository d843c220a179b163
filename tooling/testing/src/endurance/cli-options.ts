import { parseArgs } from "node:util";

export const usage = `Usage: npm run test:endurance -- [--shard I/N] [--list] [--json] [--reset]

Tries to its end what the other tiers try a part of, in units. What passed is not done again while the tree is the
same, so it can be stopped at any time and goes on with the next call; what failed is tried again.

  --shard I/N  only the I-th of N parts of the units
  --list       only prints the units and what has become of them
  --json       prints the result as one JSON object on stdout
  --reset      forgets this tree's results first
  --help       this text

Results are in .onechat/endurance.ndjson, what the units say in .onechat/endurance/.
Exit codes: 0 all passed · 1 something failed · 2 usage · 130, 143 stopped`;

export interface EnduranceOptions {
  readonly shard: Shard;
  readonly list: boolean;
  readonly json: boolean;
  readonly reset: boolean;
  readonly help: boolean;
}

export interface Shard {
  readonly part: number;
  readonly of: number;
}

/** @throws TypeError that names the wrong flag or value */
export function parseEnduranceOptions(argv: readonly string[]): EnduranceOptions {
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      shard: { type: "string", default: "1/1" },
      list: flag,
      json: flag,
      reset: flag,
      help: flag,
    },
  });
  return { ...values, shard: parsedShard(values.shard) };
}

function parsedShard(text: string): Shard {
  const [, part, of] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (part !== undefined && of !== undefined && part >= 1 && part <= of) return { part, of };
  throw new TypeError(`--shard takes a part like 1/4, not ${text}`);
}
