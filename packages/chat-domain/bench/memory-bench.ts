import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { MongoClient } from "mongodb";
import { legacyDatabase } from "./legacy-database.ts";
import type { MigrationPhase } from "../src/migrate/index.ts";

/** What `measured-run.mjs` sends. */
interface MeasuredRun {
  /** The most memory that the process ever had, in bytes. */
  readonly peakBytes: number;
  readonly seconds: number;
  readonly phaseSeconds: Readonly<Partial<Record<MigrationPhase, number>>>;
  readonly outcome: string;
}

export interface MemoryResult extends MeasuredRun {
  readonly chats: number;
}

const program = fileURLToPath(new URL("measured-run.mjs", import.meta.url));

/** V8 collects late where there is plenty of memory; a bounded heap shows what a migration needs, not what it may take. */
const heap = "--max-old-space-size=64";

/** Migrates so many chats, a tenth of them duplicates, in a process of its own. */
export async function measureMemory(
  { uri, client }: { readonly uri: string; readonly client: MongoClient },
  chats: number,
): Promise<MemoryResult> {
  const data = { shape: "mern", seed: 1, duplicateShare: 0.1, messagesPerChat: 0.6 } as const;
  await using legacy = await legacyDatabase(client, { ...data, chats });
  const child = fork(program, [uri, legacy.db.databaseName], { execArgv: [heap] });
  const answered = once(child, "message");
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the migration of ${chats} chats ended with ${String(code)} and no result`);
  });
  const [run] = (await Promise.race([answered, ended])) as [MeasuredRun];
  await ended.catch(() => undefined);
  return { chats, ...run };
}
