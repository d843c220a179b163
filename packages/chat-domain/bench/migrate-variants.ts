import type { MongoClient, WriteConcernSettings } from "mongodb";
import { type MigrationPhase, migrateUp } from "../src/migrate/index.ts";
import { type LegacyDatabase, legacyDatabase } from "./legacy-database.ts";
import type { Rated, RatedVariant } from "./rated-rounds.ts";
import { timed } from "./stopwatch.ts";
import { durable, usualBackfill, usualMerge } from "./usual-scripts.ts";

export interface Amounts {
  /** What the migration does in a round. */
  readonly migration: number;
  /** What a script does in a round: less, because it takes longer. */
  readonly script: number;
}

const createReferenceIndexes = true;
/** On average, so that there is something to move. */
const messagesPerChat = 5;

async function upTo(legacy: LegacyDatabase, to: MigrationPhase): Promise<void> {
  await migrateUp(legacy.migration(), { to, createReferenceIndexes });
}

/** Keys for chats without duplicates; everybody finds the unique index in place. */
export function backfillVariants(client: MongoClient, amounts: Amounts): readonly RatedVariant[] {
  const prepared = async (chats: number, round: number): Promise<LegacyDatabase> => {
    const options = { shape: "mern", seed: round, chats, duplicateShare: 0, messagesPerChat: 1 } as const;
    const legacy = await legacyDatabase(client, options);
    await upTo(legacy, "index");
    return legacy;
  };
  const script = (name: string, writeConcern: WriteConcernSettings): RatedVariant => ({
    name,
    async run(round) {
      await using legacy = await prepared(amounts.script, round);
      const { result, seconds } = await timed(() => usualBackfill(legacy, writeConcern, amounts.script));
      return { items: result, seconds };
    },
  });
  return [
    {
      name: "migrateUp to backfill",
      async run(round) {
        await using legacy = await prepared(amounts.migration, round);
        const { seconds } = await timed(() => upTo(legacy, "backfill"));
        return { items: legacy.summary.chats, seconds };
      },
    },
    script("script, majority and journal", durable),
    script("script, the driver's default", {}),
  ];
}

/** Merges of planned duplicates with their messages; half of the chats are duplicates. */
export function mergeVariants(client: MongoClient, amounts: Amounts): readonly RatedVariant[] {
  const job = async (
    losers: number,
    round: number,
    work: (legacy: LegacyDatabase) => Promise<unknown>,
  ): Promise<Rated> => {
    const data = { shape: "mern", seed: round, duplicateShare: 0.5, messagesPerChat } as const;
    await using legacy = await legacyDatabase(client, { ...data, chats: losers * 2 });
    await upTo(legacy, "backfill");
    const { seconds } = await timed(() => work(legacy));
    return { items: legacy.summary.losers, seconds };
  };
  return [
    {
      name: "migrateUp to merge",
      run: (round) => job(amounts.migration, round, (legacy) => upTo(legacy, "merge")),
    },
    {
      name: "script, majority and journal",
      run: (round) => job(amounts.script, round, (legacy) => usualMerge(legacy, amounts.script)),
    },
  ];
}
