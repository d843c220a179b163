import type { NativeId } from "../../identity/native-id.ts";
import { idMap, idSet } from "../../identity/stored-ids.ts";
import { rootsOf } from "../../model/nested-fields.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import type { ExactDocument } from "../merge/archive/exact-document.ts";
import { chatFold } from "../merge/chat-fold.ts";
import { foldedDocuments } from "../merge/fold/fold-sources.ts";
import { foldedFields } from "../merge/fold/fold-values.ts";
import { foldsInWhere } from "../merge/unselected-survivors.ts";
import { duplicateSets } from "../preflight/duplicate-sets.ts";
import { hasMergeable } from "../preflight/lost-content.ts";
import { serverVersion } from "../preflight/server.ts";

interface DuplicateSet {
  readonly survivor: NativeId;
  readonly losers: readonly NativeId[];
}

/** Sets that are folded together. */
const setsAtOnce = 50;

/** Duplicates with which their survivors would be chats that `where` does not select: folded here, and the server is asked. */
export async function unselectedSurvivors(ctx: MigrationContext): Promise<readonly NativeId[]> {
  if (foldsInWhere(ctx.model).length === 0 || !(await hasMergeable(ctx))) return [];
  const stages = duplicateSets(ctx.model, await serverVersion(ctx));
  const sets = ctx.chats.aggregate<DuplicateSet>(stages, {
    allowDiskUse: true,
    collation: { locale: "simple" },
  });
  const found: NativeId[] = [];
  let some: DuplicateSet[] = [];
  for await (const set of sets) {
    some.push(set);
    if (some.length < setsAtOnce) continue;
    found.push(...(await unselectedAmong(ctx, some)));
    some = [];
  }
  return [...found, ...(await unselectedAmong(ctx, some))];
}

async function unselectedAmong(
  ctx: MigrationContext,
  sets: readonly DuplicateSet[],
): Promise<readonly NativeId[]> {
  const folded = await foldedSurvivors(ctx, sets);
  const now = { $first: { $filter: { input: { $literal: folded }, cond: { $eq: ["$$this.id", "$_id"] } } } };
  const unselected = await ctx.chats
    .aggregate<{ readonly _id: NativeId }>([
      { $match: { _id: { $in: sets.map(({ survivor }) => survivor) } } },
      { $replaceWith: { $mergeObjects: ["$$ROOT", { $let: { vars: { now }, in: "$$now.fields" } }] } },
      { $match: { $nor: [ctx.model.chats.where] } },
      { $project: { _id: 1 } },
    ])
    .toArray();
  const isUnselected = idSet(unselected.map(({ _id }) => _id));
  return sets.flatMap(({ survivor, losers }) => (isUnselected.has(survivor) ? losers : []));
}

interface FoldedSurvivor {
  readonly id: NativeId;
  /** Those that `where` asks for. */
  readonly fields: ExactDocument;
}

async function foldedSurvivors(
  ctx: MigrationContext,
  sets: readonly DuplicateSet[],
): Promise<readonly FoldedSurvivor[]> {
  const paths = foldsInWhere(ctx.model);
  const fold = Object.fromEntries(Object.entries(ctx.model.fold).filter(([path]) => paths.includes(path)));
  const chats = chatFold(ctx);
  const ids = sets.flatMap(({ survivor, losers }) => [survivor, ...losers]);
  const documents = idMap(
    (await foldedDocuments(ctx, chats, ids)).map(([id, document]) => [id, document] as const),
  );
  return sets.map(({ survivor, losers }) => {
    const into: ExactDocument = documents.get(survivor) ?? new Map();
    const copies = losers.flatMap((loser) => documents.get(loser) ?? []);
    const document = foldedFields(fold, [into, ...copies.map((copy) => chats.turned(copy, into))]);
    const names = rootsOf(paths).filter((name) => document.has(name));
    return { id: survivor, fields: new Map(names.map((name) => [name, document.get(name)])) };
  });
}
