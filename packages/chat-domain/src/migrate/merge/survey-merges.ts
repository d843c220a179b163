import { idText, idSet } from "../../identity/stored-ids.ts";
import { isChatOf } from "../../model/chat-document.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import { isReleased, ownField } from "../../model/own-names.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { type Merge, losersOf } from "../context/migration-records.ts";
import { advance } from "../journal/journal.ts";
import type { Run } from "../run/run.ts";
import { bytesIn, type ChatState, hasAliases, readChatStates, survivorIdentity } from "./chat-states.ts";
import type { SeenMerge } from "./commit-point.ts";
import { mergesBySharedValue } from "./shared-values.ts";
import { removeAliases } from "./survivor-aliases.ts";

/** What is to be done about planned merges, by how things stand now. */
export interface Survey {
  readonly ready: readonly SeenMerge[];
  /** The loser was deleted before it was merged. */
  readonly gone: readonly Merge[];
  /** The loser has a key of its own meanwhile. */
  readonly keyed: readonly Merge[];
  /** The loser is no duplicate of this survivor, or not any more: one of them is gone, or has become another chat. */
  readonly drifted: readonly Merge[];
  /** Nothing can be done about these as they are. */
  readonly unmergeable: readonly { readonly merge: Merge; readonly reason: string }[];
}

/** A document may have 16 MiB; a copy in the archive needs room for its label. */
export const largestArchivable = 16 * 1024 * 1024 - 16 * 1024;

/** Believes nobody: both sides are looked at in full. */
export async function surveyMerges(run: Run, merges: readonly Merge[]): Promise<Survey> {
  const { model } = run.ctx;
  const states = await readChatStates(
    run.ctx,
    merges.flatMap(({ loser, survivor }) => [loser, survivor]),
  );
  const shared = await mergesBySharedValue(run.ctx, merges);
  const survey = { ready: [], gone: [], keyed: [], drifted: [], unmergeable: [] } as Grown<Survey>;
  for (const merge of merges) {
    const loser = states.get(merge.loser);
    if (loser === undefined) survey.gone.push(merge);
    else if (loser.chat[model.chats.keyField] !== undefined) survey.keyed.push(merge);
    else if (!isDuplicate(model, merge, { loser, survivor: states.get(merge.survivor) }))
      survey.drifted.push(merge);
    else {
      const reason = whyUnmergeable(model, loser) ?? whyShared(shared.get(merge.loser));
      if (reason === null) survey.ready.push({ merge, loser });
      else survey.unmergeable.push({ merge, reason });
    }
  }
  return survey;
}

type Grown<T> = { readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : never };

interface BothSides {
  readonly loser: ChatState;
  readonly survivor: ChatState | undefined;
}

function isDuplicate(model: ChatModel, merge: Merge, { loser, survivor }: BothSides): boolean {
  const identity = survivorIdentity(model, survivor);
  const target: unknown = loser.chat[ownField(model, "mergedInto")] ?? null;
  return (
    identity !== null &&
    loser.selected &&
    !isReleased(model, loser.chat) &&
    isChatOf(model, loser.chat, identity) &&
    (target === null || idText(target) === idText(merge.survivor))
  );
}

export const tooLargeToArchive = "it is too large to be archived";

function whyUnmergeable(model: ChatModel, loser: ChatState): string | null {
  if (hasAliases(model, loser))
    return "duplicates have been merged into it, and another chat holds the key of its people now: rollback --chat brings one of them back";
  return bytesIn(loser.chat) > largestArchivable ? tooLargeToArchive : null;
}

function whyShared(field: string | undefined): string | null {
  if (field === undefined) return null;
  return `a chat of other people has the same ${field}, which references refer to: nothing tells whose is what`;
}

/** The merges whose losers are there, or in a copy. The others are the application's to delete, and no merges. */
export async function dropVanished(run: Run, merges: readonly Merge[]): Promise<readonly Merge[]> {
  const uncopied = await withoutCopy(run.ctx, merges);
  if (uncopied.length === 0) return merges;
  // Looked for after the copies: nothing copies what is not there any more.
  const ids = losersOf(uncopied);
  const there = await run.ctx.chats.find({ _id: { $in: ids } }, { projection: { _id: 1 } }).toArray();
  const isThere = idSet(there.map(({ _id }) => _id));
  const vanished = uncopied.filter(({ loser }) => !isThere.has(loser));
  await giveUpVanished(run, vanished);
  const isVanished = idSet(losersOf(vanished));
  return merges.filter(({ loser }) => !isVanished.has(loser));
}

/** Their survivors may list them already. */
export async function giveUpVanished(run: Run, vanished: readonly Merge[]): Promise<void> {
  await removeAliases(run, vanished);
  await advance(run, losersOf(vanished), { from: ["planned"], to: "gone" });
}

async function withoutCopy(
  { records }: MigrationContext,
  merges: readonly Merge[],
): Promise<readonly Merge[]> {
  const copied = await records.archive.distinct("_id.id", {
    "_id.id": { $in: losersOf(merges) },
  });
  const isCopied = idSet(copied);
  return merges.filter(({ loser }) => !isCopied.has(loser));
}
