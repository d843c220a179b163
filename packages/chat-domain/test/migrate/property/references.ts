import type { Db, Document } from "mongodb";
import { groupedBy, textOf } from "./expected.ts";
import { groupOf } from "./always.ts";
import { all, same } from "./look.ts";
import type { KnownChat, World } from "./world.ts";

type Place = (ref: unknown) => unknown;

/** Everything refers to survivors, each once, and what was put together is the sum of all. */
export async function checkReferences(
  world: World,
  survivors: ReadonlyMap<number, KnownChat>,
): Promise<void> {
  const known = new Map(
    world.chats.flatMap((chat) =>
      [world.refOf(chat), chat.id, String(chat.id)].map((ref) => [textOf(ref), chat] as const),
    ),
  );
  const plain: Place = (ref) => known.get(textOf(ref))?.number ?? ref;
  const followed: Place = (ref) => {
    const chat = known.get(textOf(ref));
    return chat === undefined ? ref : (survivors.get(chat.number) ?? chat).number;
  };
  const messages = async (db: Db, place: Place): Promise<unknown> =>
    (await all(db, "messages")).map((message) => ({ ...message, chat: place(message["chat"]) }));
  same("messages", await messages(world.real, plain), await messages(world.shadow, followed));
  await checkShared(world, plain, followed);
}

/** By set: which chat of a set has what of what was put together and written then, nobody can tell. */
export async function checkSharedBySet(world: World): Promise<void> {
  const groups = new Map(
    world.chats.flatMap((chat) =>
      [chat.id, String(chat.id)].map((ref) => [textOf(ref), groupOf(world, chat)] as const),
    ),
  );
  const place: Place = (ref) => groups.get(textOf(ref)) ?? ref;
  await checkShared(world, place, place);
}

async function checkShared(world: World, plain: Place, followed: Place): Promise<void> {
  const { real, shadow, shape } = world;
  const isFolded = shape.rows === "fold";
  if (shape.rows !== "none")
    same("rows", await rowsBy(real, plain, isFolded), await rowsBy(shadow, followed, isFolded));
  same("people", await peopleBy(world, real, plain), await peopleBy(world, shadow, followed));
}

async function rowsBy(db: Db, place: Place, isFolded: boolean): Promise<unknown> {
  const rows = await all(db, "rows");
  const groups = groupedBy(rows, ({ chat, user }) => `${textOf(place(chat))} ${String(user)}`);
  const folded = [...groups].map(([name, some]) => {
    const n = some.reduce((sum, one) => sum + Number(one["n"]), 0);
    const at = Math.max(...some.map((one) => Number(one["at"])));
    return isFolded ? `${name} ${n} ${at}` : name;
  });
  return folded.toSorted();
}

async function peopleBy({ shape }: World, db: Db, place: Place): Promise<unknown> {
  const placed = (name: World["shape"]["holders"][number], ref: unknown): string =>
    textOf(shape.holders.includes(name) ? place(ref) : ref);
  const summed = (entries: readonly (readonly [string, unknown])[]): unknown => {
    const groups = groupedBy(entries, ([ref]) => ref);
    const sums = [...groups].map(
      ([name, some]) => [name, some.reduce((sum, [, n]) => sum + Number(n), 0)] as const,
    );
    return sums.toSorted(([a], [b]) => (a < b ? -1 : 1));
  };
  return (await all(db, "people")).map(({ _id, chats = [], list = [], map = {}, first }) => ({
    _id,
    chats: [...new Set((chats as unknown[]).map((ref) => placed("lists", ref)))].toSorted(),
    list: summed((list as Document[]).map(({ chat, n }) => [placed("inside", chat), n])),
    map: summed(Object.entries(map as object).map(([key, n]) => [placed("keys", key), n])),
    first,
  }));
}
