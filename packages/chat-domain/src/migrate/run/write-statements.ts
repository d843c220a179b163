import type { Document } from "mongodb";
import { areAsSeen, type SeenValues } from "../../model/as-seen.ts";
import type { Expression } from "../../model/nested-fields.ts";

/** What keeps a write within the lease, wherever it is held up: on its way, or at work. */
export interface WriteBound {
  /** By the server's clock. */
  readonly beginBefore: Date;
  /** How long it may take once it has begun. */
  readonly maxTimeMS: number;
}

/** One update: `q` selects, `u` changes. */
export interface UpdateStatement {
  readonly q: Readonly<Document>;
  readonly u: Readonly<Document> | readonly Readonly<Document>[];
  readonly multi?: boolean;
}

/** Changes one document while it is as it was seen, and leaves any other as it is. */
export interface ChangeAsSeen {
  readonly _id: unknown;
  readonly seen: SeenValues;
  /** Fields at the top level. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Fields that become what an expression makes of the document. */
  readonly become?: Readonly<Record<string, Expression>>;
  readonly unset?: readonly string[];
}

/** A record that is there afterwards, with these fields. */
export interface Upsert {
  readonly _id: unknown;
  readonly set: Readonly<Record<string, unknown>>;
  /** Where there is nothing, or `null`. */
  readonly setIfMissing?: Readonly<Record<string, unknown>>;
  readonly unset?: readonly string[];
}

export function updateInTime(
  statement: UpdateStatement | ChangeAsSeen,
  bound: WriteBound,
): Readonly<Document> {
  if ("seen" in statement) return changeInTime(statement, bound);
  const { q, u, ...how } = statement;
  const [first, ...others] = Array.isArray(u) ? (u as readonly Readonly<Document>[]) : [];
  const needsNoPlan = Object.keys(q).join() === "_id" && first?.["$set"] !== undefined;
  if (!needsNoPlan) return { ...selecting(q, bound), u, ...how };
  // An expression in the filter would make the server plan a query, and that takes longer than the update.
  return { q, u: [{ $set: { ...idInTime(bound), ...first["$set"] } }, ...others], ...how };
}

/** By `_id` alone the server needs no plan, and for one comparison of all values little more than for a bare update. */
function changeInTime(
  { _id, seen, set, become = {}, unset = [] }: ChangeAsSeen,
  bound: WriteBound,
): Readonly<Document> {
  const isAsSeen = areAsSeen([[beforeDeadline(bound), true], ...seen]);
  const expressions = [
    ...Object.entries({ ...literals(set), ...become }),
    ...unset.map((field) => [field, "$$REMOVE"] as const),
  ];
  if (expressions.length === Object.keys(set).length && expressions.length > 1) {
    // Of several fields the comparison is made once.
    const changed = { $mergeObjects: ["$$ROOT", { $literal: set }] };
    return { q: { _id }, u: [{ $replaceWith: { $cond: [isAsSeen, changed, "$$ROOT"] } }] };
  }
  const changes = expressions.map(
    ([field, expression]) => [field, { $cond: [isAsSeen, expression, `$${field}`] }] as const,
  );
  return { q: { _id }, u: [{ $set: Object.fromEntries(changes) }] };
}

export function deleteInTime(q: Readonly<Document>, bound: WriteBound): Readonly<Document> {
  return { ...selecting(q, bound), limit: 1 };
}

export function mergeInTime(
  pipeline: readonly Readonly<Document>[],
  bound: WriteBound,
): readonly Readonly<Document>[] {
  return [...pipeline.slice(0, -1), { $match: { $expr: beforeDeadline(bound) } }, ...pipeline.slice(-1)];
}

/** The server refuses expressions in the filter of an upsert, so they are in the change. */
export function upsertInTime(
  { _id, set, setIfMissing = {}, unset = [] }: Upsert,
  bound: WriteBound,
): Readonly<Document> {
  const change = { $set: { ...idInTime(bound), ...literals(set), ...ifMissing(setIfMissing) } };
  const stages = [change, ...(unset.length === 0 ? [] : [{ $unset: unset }])];
  return { q: { _id }, u: stages, upsert: true };
}

/**
 * The server refuses expressions in an insert. This is an upsert of what has nothing but the `_id` it was looked for by;
 * a record that is there stays as it is.
 */
export function insertInTime(record: Readonly<Document>, bound: WriteBound): Readonly<Document> {
  const { _id } = record;
  const isNew = areAsSeen([
    [beforeDeadline(bound), true],
    ["$$ROOT", { _id }],
  ]);
  return {
    q: { _id },
    u: [{ $replaceWith: { $cond: [isNew, { $literal: record }, "$$ROOT"] } }],
    upsert: true,
  };
}

/** By `_id` there is one right plan: without the hint the server tries all indexes against each other, every time. */
function selecting(q: Readonly<Document>, bound: WriteBound): Readonly<Document> {
  const { $expr = true } = q;
  const guarded = {
    ...q,
    $expr: $expr === true ? beforeDeadline(bound) : { $and: [beforeDeadline(bound), $expr] },
  };
  return "_id" in q ? { q: guarded, hint: { _id: 1 } } : { q: guarded };
}

/** Changes nothing. */
function idInTime(bound: WriteBound): Readonly<Document> {
  return { _id: { $cond: [beforeDeadline(bound), "$_id", null] } };
}

/** Values as they are: a text that begins with a dollar sign would be read as a field. */
function literals(values: Readonly<Record<string, unknown>>): Readonly<Document> {
  return Object.fromEntries(Object.entries(values).map(([field, value]) => [field, { $literal: value }]));
}

function ifMissing(values: Readonly<Record<string, unknown>>): Readonly<Document> {
  const entries = Object.entries(values);
  return Object.fromEntries(
    entries.map(([field, value]) => [field, { $ifNull: [`$${field}`, { $literal: value }] }]),
  );
}

/**
 * An expression that is true while a write may begin, by the server's clock, and an error after: no operator just fails,
 * but there is no square root of the time that is left once that is negative. A process can be frozen between its own
 * look at the lease and the write's going out, and the network can hold a write up; only the server can tell. What is
 * late changes no document; of a collection that did not exist it may leave an empty one.
 */
function beforeDeadline({ beginBefore }: WriteBound): Readonly<Document> {
  return { $gte: [{ $sqrt: { $subtract: [beginBefore, "$$NOW"] } }, 0] };
}

/** Of a square root of what is negative; the second where the server's newer query engine looks at it. */
const pastDeadlineCodes: ReadonlySet<number> = new Set([28_714, 7_157_710]);

/** Whether {@link beforeDeadline} is why the server has refused a write. */
export function isPastDeadline({ code }: { readonly code: number }): boolean {
  return pastDeadlineCodes.has(code);
}

/** An expression for the server: whether a document lacks the field; `null` is something. */
export function isMissing(field: string): Readonly<Document> {
  return { $eq: [{ $type: `$${field}` }, "missing"] };
}
