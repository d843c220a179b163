import { BSON, type Document } from "mongodb";
import type { NativeId } from "../../../identity/native-id.ts";
import { type IdMap, idMap, type IdSet, idText } from "../../../identity/stored-ids.ts";
import type { FoldModel } from "../../../model/merge-model.ts";
import { rootsOf } from "../../../model/nested-fields.ts";
import { ownField } from "../../../model/own-names.ts";
import { collectionOf, type MigrationContext } from "../../context/migration-context.ts";
import { BatchRefused } from "../../context/migration-error.ts";
import type { ArchiveRecord } from "../../context/migration-records.ts";
import { type ExactDocument, exactDocument } from "../archive/exact-document.ts";
import { exactAt, isDocument, withExact } from "../archive/exact-values.ts";
import { writtenIn, type WrittenValues } from "./fold-marks.ts";
import { listOf } from "./list-folds.ts";

/** Where documents are folded into others, and where the copies are that go into them. */
export interface FoldCollection {
  /** Of the documents that are folded into. */
  readonly collection: string;
  readonly archive: "archive" | "rowsArchive";
  /** Which field of a copy names the document that it goes into. */
  readonly target: "survivor" | "into";
  readonly fold: FoldModel;
  /** A filter: which of the copies; all unless given. */
  readonly copies?: Document;
  /**
   * What references inside folded fields become: a copy holds its own chat's id where the document that it goes into
   * holds its own, and whatever else was merged has been followed by all.
   */
  readonly repointing: (following: Following) => Promise<Repointed>;
  /** The top-level fields in which such references lie. */
  readonly following: ReadonlySet<string>;
  /** Where the documents hold their people, if they contribute by those. */
  readonly people: readonly string[];
  /** A copy whose people stand in another order gives to each what is theirs. */
  readonly turned: (copy: ExactDocument, into: ExactDocument) => ExactDocument;
}

export interface Following {
  readonly pairs: readonly IdPair[];
  /** What may hold ids of other duplicates; not asked unless given. */
  readonly documents?: readonly ExactDocument[];
  /** Duplicates that are followed no more. */
  readonly undone?: IdSet;
}

export interface IdPair {
  readonly loser: NativeId;
  readonly survivor: NativeId;
}

export type Repointed = (document: ExactDocument) => ExactDocument;

/** A copy without its document. */
export type CopyLabel = Pick<
  ArchiveRecord,
  "_id" | "loser" | "survivor" | "into" | "epoch" | "seq" | "folded"
> & {
  readonly size: number;
};

/** All copies that go into these documents: in the order of their ids, of each the older ones first. */
export async function copyLabels(
  { records }: MigrationContext,
  { archive, target, collection, copies = {} }: FoldCollection,
  ids: readonly NativeId[],
): Promise<readonly CopyLabel[]> {
  if (ids.length === 0) return [];
  return records[archive]
    .aggregate<CopyLabel>([
      { $match: { [target]: { $in: [...ids] }, collection, ...copies } },
      { $sort: { "_id.id": 1, seq: 1, archivedAt: 1, "_id.hash": 1 } },
      {
        $project: {
          loser: 1,
          survivor: 1,
          into: 1,
          epoch: 1,
          seq: 1,
          folded: 1,
          size: { $bsonSize: "$document" },
        },
      },
    ])
    .toArray();
}

/** The folded fields of documents as they are now, with the marks; and how many bytes they have. */
export async function foldedDocuments(
  ctx: MigrationContext,
  { collection, fold, people = [] }: Pick<FoldCollection, "collection" | "fold"> & Partial<FoldCollection>,
  ids: readonly NativeId[],
): Promise<readonly (readonly [NativeId, ExactDocument, number])[]> {
  const names = [...rootsOf([...Object.keys(fold), ...people]), ownField(ctx.model, "foldedFrom")];
  const cursor = collectionOf(ctx, collection).find(
    { _id: { $in: [...ids] } },
    { projection: fieldsOf(names), raw: true },
  );
  const documents: (readonly [NativeId, ExactDocument, number])[] = [];
  for await (const raw of cursor)
    documents.push([idOf(raw), read(raw, collection), (raw as unknown as Uint8Array).length]);
  return documents;
}

export interface CopiedDocument {
  readonly document: ExactDocument;
  /** What the mark of the copy has kept, where a purge has taken that away. */
  readonly written: WrittenValues;
  /** What has been given back of it, by `returnedName`. */
  readonly returned: ReadonlySet<string>;
}

/** What copies hold of the folded fields, by {@link labelText}. */
export async function copiedDocuments(
  { records }: MigrationContext,
  { archive, fold, collection, people }: FoldCollection,
  labels: readonly Pick<CopyLabel, "_id">[],
): Promise<ReadonlyMap<string, CopiedDocument>> {
  if (labels.length === 0) return new Map();
  const fields = rootsOf([...Object.keys(fold), ...people]).map((name) => `document.${name}`);
  const names = [...fields, "folded.written", "returned"];
  const cursor = records[archive].find(
    { _id: { $in: labels.map(({ _id }) => _id) } },
    { projection: fieldsOf(names), raw: true },
  );
  const documents = new Map<string, CopiedDocument>();
  for await (const raw of cursor) {
    const record = read(raw, collection);
    const document = record.get("document");
    documents.set(labelText(idOf(raw) as unknown as CopyLabel["_id"]), {
      document: isDocument(document) ? document : new Map(),
      written: writtenIn(exactAt(record, "folded.written")),
      returned: new Set(listOf(record.get("returned")).map(String)),
    });
  }
  return documents;
}

export function labelText({ id, hash }: CopyLabel["_id"]): string {
  return `${hash} ${idText(id)}`;
}

export interface OriginalFields {
  /** The top-level fields that were saved, also those that were not there. */
  readonly names: ReadonlySet<string>;
  readonly document: ExactDocument;
  /** What a recount has written, by the position of the field in the model. */
  readonly recounted: ExactDocument;
}

/** What the folded fields held before the first fold. */
export async function originalFields(
  { records }: MigrationContext,
  { collection, fold }: Pick<FoldCollection, "collection" | "fold">,
  ids: readonly NativeId[],
): Promise<IdMap<OriginalFields>> {
  const cursor = records.originals.find(
    { _id: { $in: ids.map((id) => ({ collection, id })) } },
    { projection: fieldsOf(["folded", "fields", "roots", "recounted"]), raw: true },
  );
  const originals: (readonly [NativeId, OriginalFields])[] = [];
  for await (const raw of cursor) {
    const record = read(raw, collection);
    const original = savedFields(record) ?? earlierFields(fold, record);
    if (original === null) continue;
    const recounted = record.get("recounted");
    const { id } = idOf(raw) as unknown as { readonly id: NativeId };
    originals.push([id, { ...original, recounted: isDocument(recounted) ? recounted : new Map() }]);
  }
  return idMap(originals);
}

type SavedFields = Omit<OriginalFields, "recounted">;

function savedFields(record: ExactDocument): SavedFields | null {
  const folded = record.get("folded");
  if (!isDocument(folded)) return null;
  const [names, document] = [folded.get("names"), folded.get("document")];
  return {
    names: new Set(Array.isArray(names) ? names.map(String) : []),
    document: isDocument(document) ? document : new Map(),
  };
}

/** As an earlier version has saved them: values by the position of their path, and whole fields where a path lies deeper. */
function earlierFields(fold: FoldModel, record: ExactDocument): SavedFields | null {
  const [values, wholes] = [record.get("fields"), record.get("roots")];
  if (!isDocument(values)) return null;
  const paths = Object.keys(fold);
  const nested = rootsOf(paths.filter((path) => path.includes(".")));
  const document = rootsOf(paths).reduce<ExactDocument>((fields, name) => {
    const whole = isDocument(wholes) ? wholes.get(`r${nested.indexOf(name)}`) : undefined;
    if (nested.includes(name)) return withExact(fields, name, whole);
    return withExact(fields, name, values.get(`f${paths.indexOf(name)}`));
  }, new Map());
  return { names: new Set(rootsOf(paths)), document };
}

function fieldsOf(names: readonly string[]): Document {
  return Object.fromEntries(names.map((name) => [name, 1]));
}

function read(raw: unknown, collection: string): ExactDocument {
  const document = exactDocument(raw as Uint8Array);
  if (document === null)
    throw new BatchRefused(`a document of ${collection} holds types of old, which nobody can write`);
  return document;
}

function idOf(raw: unknown): NativeId {
  return BSON.deserialize(raw as Uint8Array)["_id"] as NativeId;
}
