import type { Document } from "mongodb";
import { createOrGetChat, participantsKey } from "../../../src/index.ts";
import { keyIndexFlaw } from "../../../src/store/key-index.ts";
import { at, chatOf, idOf, personsOf, type Seed } from "./application.ts";
import { counterOf, counters, markedSum } from "./counters.ts";
import { textOf } from "./expected.ts";
import { same, without } from "./look.ts";
import type { KnownChat, World } from "./world.ts";

/** What an application does while it is migrated; numbers choose among what there is. */
export interface Write {
  readonly verb: Verb;
  readonly by: "old" | "new";
  readonly chat: number;
  readonly n: number;
}

export const verbs = [
  "send",
  "count",
  "reset",
  "grow",
  "edit",
  "drop",
  "row",
  "hold",
  "open",
  "join",
  "make",
] as const;
export type Verb = (typeof verbs)[number];

/** To a chat, which is the survivor where the new version writes. */
type Doing = (world: World, to: KnownChat, write: Omit<Write, "chat">) => Promise<unknown>;

const writes: Readonly<Record<Verb, Doing>> = {
  send,
  count,
  reset,
  grow,
  edit: change,
  drop: change,
  row,
  hold,
  open,
  join,
  make,
};

export async function write(
  world: World,
  { verb, by: wanted, chat, n }: Write,
  isDuring: boolean,
): Promise<void> {
  const by = world.isDrained ? "new" : wanted;
  const known = world.chats[chat % world.chats.length];
  const to = known === undefined || by === "old" ? known : await world.survivorOf(known);
  // Whether a merge is that of the people before or after, nobody could say.
  if (to === undefined || to === null || (isDuring && verb === "join")) return;
  if (isDuring) world.isSettled = false;
  await writes[verb](world, to, { verb, by, n });
}

/** Fills both databases. */
export async function begin(world: World, seeds: readonly Seed[]): Promise<void> {
  await world.both(async (db) => {
    for (const name of ["chats", "messages", "rows", "people"]) await db.createCollection(name);
    await db.collection("rows").createIndex({ chat: 1, user: 1 }, { unique: true });
    if (world.shape.messages === "rooms") await db.collection("chats").createIndex({ "room.id": 1 });
  });
  for (const seed of seeds) {
    const chat = await world.made(seed);
    await send(world, chat, { by: "old" });
    await row(world, chat, seed);
    await hold(world, chat, seed);
  }
  world.touched.clear();
}

async function send(world: World, to: KnownChat, { by }: Pick<Write, "by">): Promise<void> {
  const [_id, { messages }] = [world.next(), world.shape];
  const isInside = messages === "union" || messages === "concat";
  const message = { _id, at: at(_id % 7 === 0 ? 1 : _id), text: `by ${by} to ${to.number}`, kind: "chat" };
  const documents = [messages === "ids" ? message : { ...message, chat: world.refOf(to) }];
  if (!isInside) await world.both((db) => db.command({ insert: "messages", documents }));
  if (isInside || messages === "ids")
    await world.update(to, { $push: { messages: isInside ? message : _id } });
}

async function count(world: World, to: KnownChat, { n }: Pick<Write, "n">): Promise<void> {
  const own = await world.stored(world.shadow, to);
  const reads = ((own?.["reads"] ?? []) as readonly Document[]).some(({ user }) => user === "p1");
  const { people } = world.shape;
  const more = {
    ...(reads ? { "reads.$[p].n": n } : {}),
    ...(people === "members" ? { "members.0.n": n } : {}),
    ...(people === "deep" ? { "room.members.0.n": n } : {}),
    ...(people === "fields" ? { sentUnread: n } : {}),
  };
  const $inc = { count: n, "stats.total": n, "unread.p1": n, "state.p1.n": n, ...more };
  await world.update(to, { $inc }, reads ? [{ "p.user": "p1" }] : []);
}

async function reset(world: World, to: KnownChat, { n }: Pick<Write, "n">): Promise<void> {
  const path = counters[n % 2] ?? "count";
  const counter = counterOf(world, to.set, path);
  if (!(await world.update(to, { $set: { [path]: 0 } }))) return;
  if (!world.isSettled) counter.isLoose = true;
  else if (!counter.marks.has(to.number)) counter.off = -markedSum(counter);
}

/** Times that are later or earlier than all others, and what is told by them. */
async function grow(world: World, to: KnownChat): Promise<void> {
  const next = world.next();
  const last = { at: next, text: `last ${next}` };
  const newest = { updatedAt: at(next), title: last.text, last, createdAt: at(-next) };
  await world.update(to, { $set: newest, $addToSet: { tags: last.text } });
}

/** Of an element that both sides change only the first side's change is done. */
async function change(world: World, to: KnownChat, { verb, n }: Pick<Write, "verb" | "n">): Promise<void> {
  const chat = (await world.stored(world.real, to)) ?? {};
  const side = "mergedInto" in chat ? "old" : "new";
  const element = elementOf(chat, n);
  if (element === undefined || (world.changedBy.get(element) ?? side) !== side) return;
  world.changedBy.set(element, side);
  const q = { "messages._id": element };
  const update = changeOf(world, verb, element);
  if (!(await world.updateIn(world.real, { q: { _id: to.id, ...q }, ...update }))) return;
  const home = await world.shadow.collection("chats").findOne(q as Document);
  for (const id of [to.id, home?._id]) world.touched.add(textOf(id));
  await world.updateIn(world.shadow, { q, ...update });
}

function elementOf(chat: Document, n: number): unknown {
  const elements = (chat["messages"] ?? []) as readonly Document[];
  return elements[n % elements.length]?.["_id"];
}

function changeOf(world: World, verb: Verb, element: unknown) {
  if (verb === "drop") return { u: { $pull: { messages: { _id: element } } } };
  const text = `edited ${world.next()}`;
  return { u: { $set: { "messages.$[m].text": text } }, arrayFilters: [{ "m._id": element }] };
}

/** Somebody's row in a chat, made where there is none. */
async function row(world: World, to: KnownChat, { n }: Pick<Write, "n">): Promise<void> {
  if (world.shape.rows === "none") return;
  world.isShared ||= world.hasBegun;
  const next = world.next();
  const q = { chat: to.id, user: `p${n % 2}` };
  const u = { $inc: { n }, $max: { at: at(next) } };
  await world.both(async (db) => {
    const done = await db.command({ update: "rows", updates: [{ q, u }] });
    const documents = [{ _id: `row ${next} of ${to.number}`, ...q, n, at: at(next) }];
    if (done["n"] === 0) await db.command({ insert: "rows", documents });
  });
}

/** Somebody holds the chat: in a list, among their own documents, as the key of a map. */
async function hold(world: World, { id, set }: KnownChat, { n }: Pick<Write, "n">): Promise<void> {
  if (world.shape.holders.length === 0) return;
  world.isShared ||= world.hasBegun;
  const _id = `person ${set}`;
  await world.both(async (db) => {
    const people = db.collection<Document & { _id: string }>("people");
    const update = { $inc: { [`map.${String(id)}`]: n }, $addToSet: { chats: id } };
    await people.updateOne({ _id }, update, { upsert: true });
    const { matchedCount } = await people.updateOne(
      { _id, "list.chat": id },
      {
        $inc: { "list.$.n": n },
      },
    );
    if (matchedCount === 0) await people.updateOne({ _id }, { $push: { list: { chat: id, n } } } as object);
    await people.updateOne({ _id, first: { $exists: false } }, { $set: { first: id } });
  });
}

async function make(world: World, { seed }: KnownChat, { by, n }: Pick<Write, "by" | "n">): Promise<void> {
  if (by === "old") await hold(world, await world.made({ ...seed, n, oddity: "none" }), { n });
}

/** A chat becomes one of other people, unless it has been merged with others. */
async function join(world: World, known: KnownChat, { n }: Pick<Write, "n">): Promise<void> {
  const [set, chat] = [n % 3, await world.stored(world.real, known)];
  const isMerged = ["mergedInto", "aliases", "releasedAt"].some((name) => chat?.[name] !== undefined);
  if (chat === null || isMerged || !world.isUnique(known.seed)) return;
  const become = chatOf(world.shape, known.number, { ...known.seed, set });
  const fields = {
    array: ["users"],
    members: ["members"],
    deep: ["room"],
    fields: ["from", "to"],
    owner: ["from", "to"],
  };
  const people = fields[world.shape.people].map((name) => [name, become[name] as unknown] as const);
  if (!(await world.update(known, { $set: Object.fromEntries(people) }))) return;
  // A key that somebody's call has set goes along.
  if (world.opened.has(known.set)) world.opened.add(set);
  known.set = set;
}

async function open(world: World, _: KnownChat, { n }: Pick<Write, "n">): Promise<void> {
  const set = n % 3;
  const { app, chats, keyField } = world;
  if ((await keyIndexFlaw(app.chats, keyField)) !== null) return;
  const id = idOf(world.shape.ids, chats.length + 1);
  const request = requestOf(world, set);
  const mayBe = await chatsFor(world, set, participantsKey(request.participants, request.scope));
  const { chat, created } = await createOrGetChat(app, request);
  world.opened.add(set);
  same(`set ${set} is created`, created, mayBe.length === 0);
  if (!created) return same(`${chat.id} is one of set ${set}`, mayBe.includes(chat.id), true);
  const seed: Seed = { set, isTurned: false, oddity: "none", n: 1, has: [] };
  const made: KnownChat = { number: chats.length + 1, id, set, seed };
  chats.push(made);
  world.touched.add(textOf(id));
  const document = without((await world.stored(world.real, made)) ?? undefined, [keyField]);
  await world.shadow.command({ insert: "chats", documents: [document] });
}

/** Those of a set that create-or-get may find: who still holds the key of other people is not looked for. */
async function chatsFor(world: World, set: number, key: string): Promise<readonly string[]> {
  const known = world.chats.filter(
    ({ set: own, number, seed }) => own === set && !world.apart.has(number) && world.isUnique(seed),
  );
  const stored = await Promise.all(known.map((chat) => world.stored(world.real, chat)));
  const held = stored.map((chat) => (chat?.[world.keyField] ?? key) as unknown);
  return known.filter((_, index) => held[index] === key).map(({ id }) => String(id));
}

type Request = Parameters<typeof createOrGetChat>[1];

function requestOf({ shape, chats }: World, set: number): Request {
  const participants = personsOf(shape, set);
  const scope = shape.people === "owner" ? participants[0] : shape.isScoped ? 7 : undefined;
  const group = shape.hasGroups ? {} : { isGroup: false };
  const request = { participants, set: { "room.id": `r-${chats.length + 1}`, ...group } };
  return { ...request, ...(scope === undefined ? {} : { scope }) };
}
