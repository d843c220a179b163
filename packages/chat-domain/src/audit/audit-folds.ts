import type { NativeId } from "../identity/native-id.ts";
import { groupedById, idText } from "../identity/stored-ids.ts";
import type { MigrationContext } from "../migrate/context/migration-context.ts";
import { type JournalEntry, mergeOf } from "../migrate/context/migration-records.ts";
import { ownField } from "../model/own-names.ts";
import type { Finding } from "./finding.ts";

/** Merged duplicates whose newest copy is in no mark of their survivors; purged ones need none. */
export async function auditFolds(
  ctx: MigrationContext,
  entries: readonly JournalEntry[],
): Promise<readonly Finding[]> {
  if (Object.keys(ctx.model.fold).length === 0) return [];
  const merges = entries.filter(({ state }) => state !== "purged").flatMap(mergeOf);
  const isFolded = await foldedCopies(
    ctx,
    merges.map(({ loser }) => loser),
  );
  const marks = await markedDuplicates(
    ctx,
    merges.map(({ survivor }) => survivor),
  );
  return merges.flatMap(({ loser, survivor }): readonly Finding[] => {
    const state = isFolded.get(idText(loser));
    if (state === undefined || marks.has(`${idText(survivor)} ${idText(loser)}`)) return [];
    return state
      ? [finding("CONTRIBUTION_LOST", "the mark of what was folded from it is gone from its survivor", loser)]
      : [finding("UNFINISHED_MERGE", "what it holds has not been folded into its survivor yet", loser)];
  });
}

/** Whether the newest copy of each has been folded; an earlier version has not said so. */
async function foldedCopies(
  { records }: MigrationContext,
  losers: readonly NativeId[],
): Promise<ReadonlyMap<string, boolean>> {
  const copies = await records.archive
    .find(
      { "_id.id": { $in: [...losers] }, seq: { $exists: true } },
      { projection: { seq: 1, folded: 1 }, sort: { seq: -1 } },
    )
    .toArray();
  const groups = groupedById(copies, ({ _id }) => _id.id);
  return new Map(
    groups.flatMap(([newest]) =>
      newest === undefined ? [] : [[idText(newest._id.id), newest.folded !== undefined] as const],
    ),
  );
}

async function markedDuplicates(
  ctx: MigrationContext,
  survivors: readonly NativeId[],
): Promise<ReadonlySet<string>> {
  const field = ownField(ctx.model, "foldedFrom");
  const chats = await ctx.chats
    .find({ _id: { $in: [...survivors] } }, { projection: { [`${field}.from`]: 1 } })
    .toArray();
  return new Set(
    chats.flatMap((chat) => {
      const marks = chat[field];
      if (!Array.isArray(marks)) return [];
      return (marks as { readonly from: NativeId }[]).map(
        ({ from }) => `${idText(chat._id)} ${idText(from)}`,
      );
    }),
  );
}

function finding(code: Finding["code"], message: string, chat: NativeId): Finding {
  return { code, message, chat, reference: null };
}
