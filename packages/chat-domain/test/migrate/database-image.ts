import { createHash } from "node:crypto";
import type { Db, Document } from "mongodb";
import type { MovesRecord } from "../../src/migrate/context/migration-records.ts";

/** Collections byte by byte, indexes included (servers differ in whether they tell the simple collation). */
export async function databaseImage(
  db: Db,
  collections: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const images: Record<string, string> = {};
  for (const name of collections) {
    const hash = createHash("sha256");
    for await (const raw of db.collection(name).find({}, { raw: true, sort: { _id: 1 } })) {
      hash.update(raw as unknown as Uint8Array);
    }
    const indexes = await db
      .collection(name)
      .indexes()
      .catch(() => []);
    hash.update(
      JSON.stringify(
        indexes
          .map(({ v: _v, collation: _simple, ...index }) => index)
          .toSorted((a, b) => (String(a.name) < String(b.name) ? -1 : 1)),
      ),
    );
    images[name] = hash.digest("hex");
  }
  return images;
}

/** Every collection of the database. */
export async function wholeImage(db: Db): Promise<Readonly<Record<string, string>>> {
  const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
  return databaseImage(db, names.toSorted());
}

/** What a migration leaves in its own collections, without what tells one run from another. */
export async function outcomeImage(db: Db): Promise<Document> {
  const all = async (name: string, projection: Document = {}): Promise<Document[]> =>
    db
      .collection(name)
      .find({}, { projection, sort: { _id: 1 }, promoteValues: false })
      .toArray();
  const moves = (await db.collection<MovesRecord>("chat_merge_moves").find({}).toArray()).flatMap(
    ({ _id, ids }) => ids.map((id) => `${_id.collection} ${String(id)} from ${String(_id.loser)}`),
  );
  return {
    journal: await all("chat_merge_journal", { run: 0 }),
    archive: await all("chats_archive", { archivedAt: 0 }),
    rowsArchive: await all("chat_rows_archive", { archivedAt: 0 }),
    redirects: await all("chat_redirects"),
    originals: await all("chat_originals"),
    moves: [...new Set(moves)].toSorted(),
  };
}
