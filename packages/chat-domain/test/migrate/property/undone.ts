import type { Document } from "mongodb";
import { rootOf } from "../../../src/model/stored-document.ts";
import { checkAlways } from "./always.ts";
import { countIn, counterOf, counters } from "./counters.ts";
import { expectedFields, textOf } from "./expected.ts";
import { all, documentsOf, raw, same, without } from "./look.ts";
import { checkSharedBySet } from "./references.ts";
import type { KnownChat, World } from "./world.ts";

/** What must be true once all is undone: each chat has what was meant for it, and the bytes that nobody has written. */
export async function checkUndone(world: World): Promise<void> {
  await checkAlways(world);
  const { real, shadow } = world;
  const documents = await documentsOf(real, "chats");
  const shadows = await documentsOf(shadow, "chats");
  for (const chat of world.chats) {
    const [found, wanted] = [documents.get(textOf(chat.id)), shadows.get(textOf(chat.id))];
    const untold = [
      ...(world.opened.has(chat.set) ? [world.keyField] : []),
      ...checkCounters(world, chat, { found, wanted }),
    ];
    const [is, not] = [found, wanted].map((one) => normal(world, without(one, untold)));
    same(`chat ${chat.number}, undone`, is, not);
  }
  const untouched = world.chats.filter(
    ({ id, set }) => !world.touched.has(textOf(id)) && !world.opened.has(set),
  );
  await sameBytes(
    world,
    "chats",
    untouched.map(({ id }) => id),
  );
  for (const name of world.isShared ? ["messages"] : ["messages", "rows", "people"])
    await sameBytes(
      world,
      name,
      (await all(shadow, name)).map(({ _id }) => _id as unknown),
    );
  if (world.isShared) await checkSharedBySet(world);
  await adopt(world);
}

async function sameBytes({ real, shadow }: World, name: string, ids: readonly unknown[]): Promise<void> {
  same(`bytes of ${name}`, await raw(real, name, ids), await raw(shadow, name, ids));
}

/** Counters that were reset, less what duplicates had given to them; returns the fields of which nothing else is told. */
function checkCounters(
  world: World,
  chat: KnownChat,
  { found, wanted }: { readonly found: Document | undefined; readonly wanted: Document | undefined },
): readonly string[] {
  return counters.flatMap((path) => {
    const { off, isLoose, marks } = counterOf(world, chat.set, path);
    if (!isLoose && (off === 0 || marks.has(chat.number))) return [];
    if (!isLoose)
      same(
        `${path} of ${chat.number}, undone`,
        countIn(found, path),
        Math.max(0, countIn(wanted, path) + off),
      );
    return [rootOf(path)];
  });
}

/** Of what folds as a set nothing is said of its order, and of a field that is there empty that it is. */
function normal(world: World, document: Document | null): unknown {
  if (document === null) return null;
  const fields = expectedFields(world.model, [document]);
  const roots = [...fields.keys()].map(rootOf);
  return { ...without(document, roots), fields: Object.fromEntries(fields) };
}

/** From here on the second database is what the first is now. */
async function adopt(world: World): Promise<void> {
  for (const name of ["chats", "rows", "people"]) {
    await world.shadow.collection(name).deleteMany({});
    const into = { db: world.shadow.databaseName, coll: name };
    await world.real
      .collection(name)
      .aggregate([{ $merge: { into } }])
      .toArray();
  }
  for (const known of [world.counters, world.changedBy, world.touched, world.apart, world.opened])
    known.clear();
  Object.assign(world, { isShared: false, hasBegun: false, isDrained: false, isSettled: true });
}
