import type { Collection, Document, Filter } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import { participantIdOrNull } from "../../identity/participant-id.ts";
import { formsOf, idText } from "../../identity/stored-ids.ts";
import { mapOfKeys } from "../../model/field-path.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { rootOf, type StoredDocument, valueAt } from "../../model/stored-document.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import { mergedStates } from "../context/migration-records.ts";
import { heldValues } from "../merge/references/held-values.ts";
import { duplicateSets } from "./duplicate-sets.ts";
import { type PreflightReport, together } from "./findings.ts";
import {
  arraysOnWay,
  hiddenOnWay,
  isHiddenOnWay,
  lostOnTheWay,
  type Way,
  waysToMind,
} from "./reference-ways.ts";
import { serverVersion } from "./server.ts";

/** Documents of each kind that are looked at: the newest, others by chance, and those that hold documents. */
const sampleSize = 500;
/** Of an array the first ones tell enough. */
const valuesPerDocument = 300;

/** What the fields of references hold: ids of chats, or something that looks like one and would stay behind. */
export async function referenceValues(ctx: MigrationContext): Promise<PreflightReport> {
  const { references } = ctx.model;
  const none =
    "no references are configured: what points at a duplicate stays there, visible through aliases only";
  const reports: PreflightReport[] = [{ problems: [], warnings: references.length === 0 ? [none] : [] }];
  for (const reference of references.filter(({ leave }) => leave !== true))
    reports.push(await referenceReport(ctx, reference));
  return together(reports);
}

async function referenceReport(ctx: MigrationContext, reference: ReferenceModel): Promise<PreflightReport> {
  const sampled = await sampledValues(ctx, reference);
  const lost = lostOnTheWay(reference, sampled.ways);
  if (lost !== null) return { problems: [lost], warnings: [] };
  const warnings = await waysToMind(ctx, reference, sampled.ways);
  return together([await valuesReport(ctx, reference, sampled), { problems: [], warnings }]);
}

async function valuesReport(
  ctx: MigrationContext,
  reference: ReferenceModel,
  { values, documents }: Sampled,
): Promise<PreflightReport> {
  const problems: string[] = [];
  const warnings: string[] = [];
  const name = `${reference.collection}.${reference.field}`;
  const ids = await chatsAmong(ctx, reference, values);
  const doubtful = values.filter((value) => !ids.has(participantIdOrNull(value)));
  if (values.length === 0) warnings.push(`${name} holds nothing: is it the right name?`);
  else if (ids.size === 0 && (await areOfDeleted(ctx, reference, values)))
    warnings.push(
      `${name} refers to chats that duplicates were merged into, and that have been deleted since: rollback --chat ` +
        "brings a duplicate back with what had followed it",
    );
  else if (ids.size === 0)
    problems.push(
      `${name} holds values, but of ${documents} documents that were looked at none has the ` +
        `${reference.toField === "_id" ? "id" : reference.toField} of a chat${wrongFieldHint(reference)}`,
    );
  const named = await duplicatesNamedBy(ctx, reference, doubtful);
  if (named !== null)
    problems.push(
      `${name} names the duplicate ${named.id} by ${named.how}, which would stay behind: ${wayOutOf(named.how, reference)}`,
    );
  return { problems, warnings };
}

function wrongFieldHint({ toField, prefix }: ReferenceModel): string {
  return toField === "_id" && prefix === ""
    ? ': if it refers to another field of the chats, say which ("toField"); if to something else, leave it out'
    : "";
}

interface Sampled {
  readonly values: readonly unknown[];
  readonly documents: number;
  readonly ways: readonly Way[];
}

/** Null, absence and empty text are no values. */
async function sampledValues(ctx: MigrationContext, reference: ReferenceModel): Promise<Sampled> {
  const { collection, field, where, prefix } = reference;
  const path = mapOfKeys(field) ?? field;
  const documents = collectionOf(ctx, collection);
  const projection = { [rootOf(path)]: 1 };
  const names = path.split(".");
  const held: Filter<StoredDocument> = { $and: [{ [path]: { $nin: [null, ""], $exists: true } }, where] };
  const inOne = { projection, limit: sampleSize, batchSize: sampleSize };
  const newest = documents.find(held, { ...inOne, sort: { _id: -1 } });
  const others = documents.aggregate<StoredDocument>(
    [
      { $sample: { size: sampleSize } },
      { $match: { $or: [held, ...hiddenOnWay(names).map((hidden) => ({ $and: [hidden, where] }))] } },
      { $project: projection },
    ],
    { allowDiskUse: true, batchSize: sampleSize },
  );
  // By the index of the reference: there may be few of them among very many.
  const odd = documents.find({ $and: [{ [path]: { $type: "object" } }, where] }, inOne);
  const seen = new Set<string>();
  const values: unknown[] = [];
  const ways = new Map<string, Way>();
  // One after the other, as a field may be an array of megabytes.
  for (const sample of [newest, others, odd]) {
    for await (const document of sample) {
      seen.add(idText(document._id));
      const [arrays, isHidden] = [arraysOnWay(document, names), isHiddenOnWay(document, names)];
      const way = `${arrays} ${isHidden}`;
      if (!ways.has(way)) ways.set(way, { arrays, isHidden, example: document._id });
      values.push(...heldValues(document, field).values.slice(0, valuesPerDocument));
    }
  }
  return {
    documents: seen.size,
    ways: [...ways.values()],
    values: values.flatMap((value) => {
      if (value === undefined || value === null || value === "") return [];
      if (prefix === "") return [value];
      return typeof value === "string" && value.startsWith(prefix) ? [value.slice(prefix.length)] : [];
    }),
  };
}

/** Which of these values are ids of chats, whichever they are, or of chats that were: as participants' ids are written. */
async function chatsAmong(
  ctx: MigrationContext,
  { toField }: ReferenceModel,
  values: readonly unknown[],
): Promise<ReadonlySet<string | null>> {
  const named = new Map(values.map((value) => [participantIdOrNull(value), value as NativeId] as const));
  named.delete(null);
  const known = new Set<string | null>();
  const look = async (chats: Collection<StoredDocument>): Promise<void> => {
    const forms = [...named].flatMap(([id, value]) => (known.has(id) ? [] : formsOf(value)));
    if (forms.length === 0) return;
    const projection = { [rootOf(toField)]: 1 };
    const all = chats.find({ [toField]: { $in: forms } }, { projection, batchSize: forms.length });
    for await (const chat of all) {
      const id = participantIdOrNull(valueAt(chat, toField));
      if (named.has(id)) known.add(id);
    }
  };
  await look(ctx.chats);
  if (toField === "_id") await look(ctx.redirects);
  return known;
}

/** Whether any of these values is that of a survivor, of whatever the application has made of it. */
async function areOfDeleted(
  ctx: MigrationContext,
  { toField }: ReferenceModel,
  values: readonly unknown[],
): Promise<boolean> {
  const forms = values
    .filter((value): value is NativeId => participantIdOrNull(value) !== null)
    .flatMap(formsOf);
  const known =
    toField === "_id"
      ? await ctx.records.journal.findOne({ survivor: { $in: forms }, state: { $in: [...mergedStates] } })
      : await ctx.redirects.findOne({ values: { $elemMatch: { field: toField, to: { $in: forms } } } });
  return known !== null;
}

interface Named {
  readonly id: string;
  readonly how: string;
}

/** A value that is no id of a chat, but holds one in a form that nothing follows. */
async function duplicatesNamedBy(
  ctx: MigrationContext,
  { toField }: ReferenceModel,
  values: readonly unknown[],
): Promise<Named | null> {
  if (toField !== "_id") return null;
  const inside = values.flatMap((value) => idsInside(value));
  if (inside.length === 0) return null;
  const ids = [
    ...new Map(inside.flatMap(({ id }) => formsOf(id)).map((form) => [idText(form), form])).values(),
  ];
  const version = await serverVersion(ctx);
  const [set] = await ctx.chats
    .aggregate<{ readonly id: NativeId }>(
      [
        ...duplicateSets(ctx.model, version),
        { $unwind: "$losers" },
        { $match: { losers: { $in: ids } } },
        { $limit: 1 },
        { $project: { _id: 0, id: "$losers" } },
      ],
      { allowDiskUse: true, collation: { locale: "simple" } },
    )
    .toArray();
  if (set === undefined) return null;
  const text = participantIdOrNull(set.id);
  const how = inside.find(({ id }) => participantIdOrNull(id) === text)?.how ?? "another form of its id";
  return { id: String(set.id), how };
}

interface IdInside {
  readonly id: NativeId;
  readonly how: string;
}

function found(id: unknown, how: string): readonly IdInside[] {
  return participantIdOrNull(id) === null ? [] : [{ id: id as NativeId, how }];
}

function idsInside(value: unknown): readonly IdInside[] {
  if (typeof value === "string") {
    const lower = value.trim().toLowerCase();
    return lower === value ? [] : found(lower, "its id in another case");
  }
  if (Array.isArray(value))
    return value.flat(Number.POSITIVE_INFINITY).flatMap((id) => found(id, "an array in an array"));
  if (typeof value !== "object" || value === null) return [];
  if (Reflect.get(value, "_bsontype") === "DBRef") return found(Reflect.get(value, "oid"), "a DBRef");
  return "_bsontype" in value ? [] : found((value as Document)["_id"], "a document with its id");
}

function wayOutOf(how: string, { field }: ReferenceModel): string {
  if (how === "a DBRef") return `name ${field}.$id`;
  if (how === "a document with its id") return `name ${field}._id`;
  return "put it right in the database";
}
