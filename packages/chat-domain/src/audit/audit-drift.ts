import { isChatOf, storedIdentity } from "../model/chat-document.ts";
import { isLive, isReleased } from "../model/own-names.ts";
import type { MigrationContext } from "../migrate/context/migration-context.ts";
import type { Merge } from "../migrate/context/migration-records.ts";
import { type ChatState, readChatStates } from "../migrate/merge/chat-states.ts";
import { referencesTo } from "../migrate/merge/references/references-to.ts";
import type { Finding } from "./finding.ts";

/** Enough to say how many there are, roughly. */
const mostReferences = 1_000;

/**
 * Merges of which the tombstone or the survivor has become another chat. A survivor that is gone, or that has only lost its
 * key, is another matter: the next run mends the latter.
 */
export async function driftedDuplicates(
  ctx: MigrationContext,
  merges: readonly Merge[],
): Promise<readonly Merge[]> {
  if (merges.length === 0) return [];
  const states = await readChatStates(
    ctx,
    merges.flatMap(({ loser, survivor }) => [loser, survivor]),
  );
  return merges.filter(({ loser, survivor }) => haveParted(ctx, states.get(loser), states.get(survivor)));
}

function haveParted(
  { model }: MigrationContext,
  loser: ChatState | undefined,
  survivor: ChatState | undefined,
): boolean {
  if (survivor === undefined || !isLive(model, survivor.chat)) return false;
  if (loser !== undefined && isLive(model, loser.chat)) return false;
  if (!survivor.selected || isReleased(model, survivor.chat)) return true;
  if (loser === undefined) return false;
  const identity = storedIdentity(model, survivor.chat);
  return identity === null || isReleased(model, loser.chat) || !isChatOf(model, loser.chat, identity);
}

/** What has been left at them, and the way out. */
export async function driftFindings(
  ctx: MigrationContext,
  merges: readonly Merge[],
): Promise<readonly Finding[]> {
  const left = new Map<Merge, string[]>(merges.map((merge) => [merge, []]));
  for (const model of merges.length === 0 ? [] : ctx.model.references) {
    const found = await referencesTo(ctx, { merges, model, limit: mostReferences });
    for (const [merge, texts] of left) {
      const count = found.filter((reference) => reference.merge === merge).length;
      if (count > 0) texts.push(`${count} in ${model.collection}.${model.field}`);
    }
  }
  return [...left].map(([{ loser, survivor }, texts]) => ({
    code: "DRIFTED_DUPLICATE",
    message:
      `it was merged into ${String(survivor)}, and one of them is a chat of other people by now, or no longer theirs: what ` +
      `refers to it stays there (${texts.join(", ") || "nothing does"}); migrator rollback --chat ${String(loser)} --execute ` +
      "makes it a chat of its own again",
    chat: loser,
    reference: null,
  }));
}
