import { BSON, type Db, type Document } from "mongodb";
import { textOf } from "./expected.ts";

export class Wrong extends Error {
  override readonly name = "Wrong";
}

/** @throws Wrong */
export function same(what: string, found: unknown, expected: unknown): void {
  const [is, wanted] = [textOf(found), textOf(expected)];
  if (is !== wanted) throw new Wrong(`${what}\n  is     ${is}\n  not    ${wanted}`);
}

export function all(db: Db, name: string): Promise<Document[]> {
  return db
    .collection(name)
    .find({}, { sort: { _id: 1 } })
    .toArray();
}

/** Documents by the text of their ids. */
export async function documentsOf(db: Db, name: string): Promise<ReadonlyMap<string, Document>> {
  return new Map((await all(db, name)).map((document) => [textOf(document["_id"]), document]));
}

/** Documents as they are stored: with the types of their values, and the order of their fields. */
export async function raw(db: Db, name: string, ids: readonly unknown[]): Promise<readonly unknown[]> {
  const found = await db
    .collection(name)
    .find({ _id: { $in: ids } } as Document, { raw: true, sort: { _id: 1 } })
    .toArray();
  return found.map((bytes) =>
    Object.entries(BSON.deserialize(bytes as unknown as Uint8Array, { promoteValues: false })),
  );
}

export function without(document: Document | undefined, names: readonly string[]): Document | null {
  if (document === undefined) return null;
  return Object.fromEntries(Object.entries(document).filter(([name]) => !names.includes(name)));
}

export const ownNames = ["mergedInto", "mergedAt", "aliases", "foldedFrom", "releasedAt", "unkeyedAt"];
