import type { Document } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import { idMap, idText } from "../../identity/stored-ids.ts";
import { keyField, mergedIntoField, type StoredDocument } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import type { Merge } from "../context/migration-records.ts";
import { advance } from "../journal/journal.ts";
import type { Run } from "../run/run.ts";
import { removeAliases } from "./survivors.ts";

/** What is to be done about planned merges, by how things stand now. */
export interface Survey {
  readonly ready: readonly Merge[];
  /** The loser was deleted before it was merged. */
  readonly gone: readonly Merge[];
  /** The loser has a key of its own meanwhile. */
  readonly keyed: readonly Merge[];
  /** The survivor was deleted, or is none any more. */
  readonly orphaned: readonly Merge[];
  /** An archive's copy of the loser would exceed what a document may hold. */
  readonly tooLarge: readonly Merge[];
}

/** A document may have 16 MiB; a copy in the archive needs room for its label. */
const largestArchivable = 16 * 1024 * 1024 - 16 * 1024;

export async function surveyMerges(run: Run, merges: readonly Merge[]): Promise<Survey> {
  const losers = idMap(
    (
      await stand(
        run,
        merges.map(({ loser }) => loser),
      )
    ).map((chat) => [chat._id, chat] as const),
  );
  const survivors = idMap(
    (
      await stand(
        run,
        merges.map(({ survivor }) => survivor),
      )
    ).map((chat) => [chat._id, chat] as const),
  );
  const kindOf = ({ loser: loserId, survivor: survivorId }: Merge): keyof Survey => {
    const loser = losers.get(loserId);
    if (loser === undefined) return "gone";
    if (loser[keyField] !== undefined) return "keyed";
    const target: unknown = loser[mergedIntoField] ?? null;
    if (!isSurvivor(survivors.get(survivorId)) || (target !== null && idText(target) !== idText(survivorId)))
      return "orphaned";
    return Number(loser["size"]) > largestArchivable ? "tooLarge" : "ready";
  };
  const kinds = merges.map((merge) => [kindOf(merge), merge] as const);
  const of = (kind: keyof Survey): readonly Merge[] =>
    kinds.filter(([k]) => k === kind).map(([, merge]) => merge);
  return {
    ready: of("ready"),
    gone: of("gone"),
    keyed: of("keyed"),
    orphaned: of("orphaned"),
    tooLarge: of("tooLarge"),
  };
}

function stand({ ctx }: Run, ids: readonly NativeId[]): Promise<StoredDocument[]> {
  const shown: Document = { [keyField]: 1, [mergedIntoField]: 1, size: { $bsonSize: "$$ROOT" } };
  return ctx.chats
    .aggregate<StoredDocument>([{ $match: { _id: { $in: [...ids] } } }, { $project: shown }])
    .toArray();
}

function isSurvivor(chat: StoredDocument | undefined): boolean {
  return chat !== undefined && typeof chat[keyField] === "string" && (chat[mergedIntoField] ?? null) === null;
}

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
