import type { Db, Document } from "mongodb";
import { resolveChatId } from "../../../src/index.ts";
import { textOf } from "./expected.ts";
import { all, raw, same } from "./look.ts";
import type { KnownChat, World } from "./world.ts";

/** What must be true at every moment, whatever was stopped where. */
export async function checkAlways(world: World): Promise<void> {
  await checkIds(world);
  const odd = world.chats.filter(({ seed }) => !world.isUnique(seed)).map(({ id }) => id);
  same(
    "chats that are parked or not selected",
    await raw(world.real, "chats", odd),
    await raw(world.shadow, "chats", odd),
  );
  const placed = async (db: Db): Promise<unknown> =>
    (await all(db, "messages")).map((message) => ({ ...message, chat: placeOf(world, message) }));
  same("messages by set", await placed(world.real), await placed(world.shadow));
  const [there, wanted] = [await elementsOf(world.real), await elementsOf(world.shadow)];
  same(
    "elements that are in no chat",
    [...wanted].filter((element) => !there.has(element)),
    [],
  );
}

/** An id once given out leads to the chat of its people for ever. */
async function checkIds(world: World): Promise<void> {
  const setOf = new Map(world.chats.map((chat) => [String(chat.id), groupOf(world, chat)]));
  for (const { id, seed } of world.chats) {
    if (!world.isUnique(seed)) continue;
    const survivor = await resolveChatId(world.app, id);
    same(`the set of what ${String(id)} leads to`, setOf.get(survivor), setOf.get(String(id)));
  }
}

/** Chats of the same group may hold each other's messages. */
export function groupOf(world: World, { number, set, seed }: KnownChat): number {
  return world.apart.has(number) || !world.isUnique(seed) ? -number : set;
}

function placeOf(world: World, { chat }: Document): unknown {
  const to = world.chats.find((known) => textOf(world.refOf(known)) === textOf(chat));
  return to === undefined ? chat : groupOf(world, to);
}

async function elementsOf(db: Db): Promise<ReadonlySet<string>> {
  const chats = await all(db, "chats");
  return new Set(chats.flatMap(({ messages = [] }) => (messages as unknown[]).map(textOf)));
}
