import { idText } from "../../identity/stored-ids.ts";
import type { ChatIdentity } from "../../identity/participants-key.ts";
import { isChatOf } from "../../model/chat-document.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import { isLive, isReleased } from "../../model/own-names.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import type { Merge } from "../context/migration-records.ts";
import { type ChatState, readChatStates, survivorIdentity } from "./chat-states.ts";

/** Merges past their commit point, by whether loser and survivor are still chats of the same people. */
export interface MergeStanding {
  readonly holding: readonly Merge[];
  /** The survivor is none any more, or the loser's people are others now: nothing of the loser's belongs to the survivor. */
  readonly drifted: readonly Merge[];
}

export interface StandingOptions {
  /** Before `merged` the loser has to be selected by `where` as well; afterwards a tombstone is none of its business. */
  readonly isSelected: boolean;
}

/** Looks at both sides of every merge. A loser that is no tombstone stands nowhere; of one that was deleted the survivor tells. */
export async function standingOf(
  ctx: MigrationContext,
  merges: readonly Merge[],
  { isSelected }: StandingOptions,
): Promise<MergeStanding> {
  if (merges.length === 0) return { holding: [], drifted: [] };
  const { model } = ctx;
  const states = await readChatStates(
    ctx,
    merges.flatMap(({ loser, survivor }) => [loser, survivor]),
  );
  const holding: Merge[] = [];
  const drifted: Merge[] = [];
  for (const merge of merges) {
    const [loser, survivor] = [states.get(merge.loser), survivorIdentity(model, states.get(merge.survivor))];
    if (loser !== undefined && isLive(model, loser.chat)) continue;
    const stands = survivor !== null && belongsTo(model, survivor, { loser, isSelected });
    (stands ? holding : drifted).push(merge);
  }
  return { holding, drifted };
}

function belongsTo(
  model: ChatModel,
  survivor: ChatIdentity,
  { loser, isSelected }: StandingOptions & { readonly loser: ChatState | undefined },
): boolean {
  if (loser === undefined) return true;
  if (isReleased(model, loser.chat) || (isSelected && !loser.selected)) return false;
  return isChatOf(model, loser.chat, survivor);
}

/** Without these merges. */
export function withoutMerges(merges: readonly Merge[], others: readonly Merge[]): readonly Merge[] {
  const left = new Set(others.map(({ loser }) => idText(loser)));
  return left.size === 0 ? merges : merges.filter(({ loser }) => !left.has(idText(loser)));
}
