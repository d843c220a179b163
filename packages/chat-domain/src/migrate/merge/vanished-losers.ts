import type { NativeId } from "../../native-id.ts";
import { removeAliases } from "./aliases.ts";
import { idMap } from "./id-map.ts";
import { advance } from "./journal.ts";
import type { Merge } from "./merge.ts";
import type { MigrationContext } from "../migration-context.ts";
import type { Run } from "../run/run.ts";

/** The merges whose losers are there, or in a copy. The others are the application's to delete, and no merges. */
export async function withoutVanished(run: Run, merges: readonly Merge[]): Promise<readonly Merge[]> {
  const uncopied = await withoutCopy(run.ctx, merges);
  if (uncopied.length === 0) return merges;
  // Looked for after the copies: nothing copies what is not there any more.
  const ids = uncopied.map(({ loser }) => loser);
  const there = await run.ctx.chats.find({ _id: { $in: ids } }, { projection: { _id: 1 } }).toArray();
  const isThere = idMap(there.map(({ _id }) => [_id, true] as const));
  const vanished = uncopied.filter(({ loser }) => !isThere.has(loser));
  await giveUpVanished(run, vanished);
  const isVanished = idMap(vanished.map(({ loser }) => [loser, true] as const));
  return merges.filter(({ loser }) => !isVanished.has(loser));
}

/** Their survivors may list them already. */
export async function giveUpVanished(run: Run, vanished: readonly Merge[]): Promise<void> {
  await removeAliases(run, vanished);
  await advance(
    run,
    vanished.map(({ loser }) => loser),
    { from: ["planned"], to: "gone" },
  );
}

async function withoutCopy(
  { records }: MigrationContext,
  merges: readonly Merge[],
): Promise<readonly Merge[]> {
  const copied = await records.archive.distinct("_id.id", {
    "_id.id": { $in: merges.map(({ loser }) => loser) },
  });
  const isCopied = idMap(copied.map((id) => [id as NativeId, true] as const));
  return merges.filter(({ loser }) => !isCopied.has(loser));
}
