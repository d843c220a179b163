import type { NativeId } from "../identity/native-id.ts";
import { participantIdOrNull } from "../identity/participant-id.ts";
import { idMap, idSet, idText } from "../identity/stored-ids.ts";
import { collectionOf, type MigrationContext } from "../migrate/context/migration-context.ts";
import type { MovesRecord } from "../migrate/context/migration-records.ts";
import { type HeldValues, heldValues } from "../migrate/merge/references/held-values.ts";
import { referencesInFolds } from "../model/references-in-folds.ts";
import { ownField } from "../model/own-names.ts";
import { rootOf } from "../model/stored-document.ts";
import type { Finding } from "./finding.ts";

export interface MovesAuditOptions {
  readonly tick: (more: number) => void;
  readonly allowDeleted: boolean;
}

/** Documents that are looked up at once. */
const batch = 2_000;

/**
 * Nothing is lost: every document that followed a duplicate is there and refers to the survivor, or is in the archive.
 * Documents that did not move were not touched, so this is the set of every chat's documents, before and after.
 */
export async function* auditMoves(
  ctx: MigrationContext,
  options: MovesAuditOptions,
): AsyncGenerator<Finding> {
  let records: MovesRecord[] = [];
  let size = 0;
  // What a rollback has left with a survivor is its application's since.
  for await (const record of ctx.records.moves.find({ isStaying: { $ne: true } })) {
    records.push(record);
    size += record.ids.length;
    if (size < batch) continue;
    yield* await auditRecords(ctx, records, options);
    [records, size] = [[], 0];
  }
  yield* await auditRecords(ctx, records, options);
}

async function auditRecords(
  ctx: MigrationContext,
  records: readonly MovesRecord[],
  { tick, allowDeleted }: MovesAuditOptions,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const references = new Map(records.map(({ _id }) => [JSON.stringify([_id.collection, _id.field]), _id]));
  for (const { collection, field } of references.values()) {
    const some = records.filter(({ _id }) => _id.collection === collection && _id.field === field);
    const ids = some.flatMap((record) => record.ids);
    const aliases = ownField(ctx.model, "aliases");
    const documents = await collectionOf(ctx, collection)
      .find({ _id: { $in: ids } }, { projection: { [rootOf(field)]: 1, [aliases]: 1 } })
      .toArray();
    const present = idMap(documents.map((document) => [document._id, heldValues(document, field)] as const));
    const archived = await archivedRows(ctx, collection, ids);
    // In a folded field of a survivor the fold has chosen among all that its chats referred to.
    const isFolded = referencesInFolds(ctx.model).some(
      (one) => one.field === field && one.collection === collection,
    );
    const survivors = idSet(documents.flatMap(({ _id, [aliases]: own }) => (own === undefined ? [] : [_id])));
    for (const [record, id] of some.flatMap((moves) => moves.ids.map((one) => [moves, one] as const))) {
      if (isFolded && survivors.has(id)) continue;
      const message = whatIsWrong(record, { id, present, archived, allowDeleted });
      const reference = { collection, id };
      if (message !== null)
        findings.push({ code: "REFERENCE_LOST", message, chat: record.survivor, reference });
    }
    tick(ids.length);
  }
  return findings;
}

interface Whereabouts {
  readonly id: NativeId;
  readonly present: { has(id: NativeId): boolean; get(id: NativeId): HeldValues | undefined };
  readonly archived: { has(id: NativeId): boolean };
  readonly allowDeleted: boolean;
}

function whatIsWrong(
  record: MovesRecord,
  { id, present, archived, allowDeleted }: Whereabouts,
): string | null {
  const { collection } = record._id;
  if (!present.has(id)) {
    return archived.has(id) || allowDeleted
      ? null
      : `a document of ${collection} that followed its chat is gone`;
  }
  const { kind, values } = present.get(id) ?? { kind: "array", values: [] };
  // An application deletes elements and keys as well as documents.
  if (allowDeleted && kind !== "scalar") return null;
  // A reference to the loser itself is a finding of its own.
  const { survivor, loser, from, to } = record;
  const expected = new Set([survivor, loser, from, to].filter((one) => one !== undefined).map(textOf));
  const points = values.map(textOf).some((text) => expected.has(text));
  return points ? null : `a document of ${collection} that followed its chat refers to another one now`;
}

function textOf(value: unknown): string {
  return participantIdOrNull(value) ?? idText(value);
}

/** A chat that referred to itself is among the copies of duplicates, once it is purged. */
async function archivedRows(
  { records, model }: MigrationContext,
  collection: string,
  ids: readonly NativeId[],
): Promise<{ has(id: NativeId): boolean }> {
  const archive = collection === model.chats.collection ? records.archive : records.rowsArchive;
  const copies = await archive
    .find({ "_id.id": { $in: [...ids] }, collection }, { projection: { _id: 1 } })
    .toArray();
  return idMap(copies.map((copy) => [copy._id.id, true] as const));
}
