import * as fc from "fast-check";
import { type Document, Long, ObjectId, UUID } from "mongodb";
import type { ChatModelInput } from "../../../src/index.ts";

const idTypes = ["string", "objectId", "int", "long", "uuid"] as const;
type IdType = (typeof idTypes)[number];

/** What an application may look like: one of each of these, and some of the folds and references. */
export interface Shape {
  readonly ids: IdType;
  readonly persons: IdType;
  readonly people: "array" | "members" | "deep" | "fields" | "owner";
  readonly isScoped: boolean;
  readonly hasKeyOfItsOwn: boolean;
  readonly hasGroups: boolean;
  readonly survivor: "oldest" | "flagged" | "least" | "greatest";
  readonly messages: "rows" | "rooms" | "prefixed" | "kinds" | "union" | "concat" | "ids";
  readonly rows: "none" | "keep-survivor" | "fold";
  readonly holders: readonly ("lists" | "inside" | "keys" | "left")[];
  readonly folds: readonly string[];
  readonly batch: number;
}

/** Folds of chats that any of them may have. */
const chatFolds: NonNullable<ChatModelInput["fold"]> = {
  createdAt: "min",
  updatedAt: "max",
  count: "sum",
  "stats.total": "sum",
  isMuted: "every",
  isPinned: "some",
  tags: "union",
  hiddenBy: "intersection",
  unread: { eachKey: "sum" },
  seen: { eachKey: "max" },
  state: { eachKey: { fold: { n: "sum", at: "max" } } },
  last: { newestBy: "last.at" },
  title: { newestBy: "updatedAt" },
  reads: { union: { by: "user", fold: { n: "sum", at: "max" } } },
  pins: { intersection: { by: "_id" } },
};

export const anyShape: fc.Arbitrary<Shape> = fc.record({
  ids: fc.constantFrom(...idTypes),
  persons: fc.constantFrom(...idTypes),
  people: fc.constantFrom("array", "members", "deep", "fields", "owner"),
  isScoped: fc.boolean(),
  hasKeyOfItsOwn: fc.boolean(),
  hasGroups: fc.boolean(),
  survivor: fc.constantFrom("oldest", "flagged", "least", "greatest"),
  messages: fc.constantFrom("rows", "rooms", "prefixed", "kinds", "union", "concat", "ids"),
  rows: fc.constantFrom("none", "keep-survivor", "fold"),
  holders: fc.subarray(["lists", "inside", "keys", "left"] as const),
  folds: fc.subarray(Object.keys(chatFolds)),
  batch: fc.constantFrom(50, 2, 1),
});

const folded = { n: "sum" } as const;

/** The configuration that describes it. */
export function modelOf(shape: Shape): ChatModelInput {
  const participants = {
    array: "users",
    members: "members.userId",
    deep: "room.members.userId",
    fields: ["from", "to"],
    owner: ["from", "to"],
  }[shape.people];
  const survivor = {
    oldest: [],
    flagged: [{ where: { isFavourite: true } }],
    least: [{ min: "score" }],
    greatest: [{ max: "score" }],
  }[shape.survivor];
  const messages = {
    rows: [{ collection: "messages", field: "chat" }],
    rooms: [{ collection: "messages", field: "chat", toField: "room.id" }],
    prefixed: [{ collection: "messages", field: "chat", prefix: "Chat$" }],
    kinds: [{ collection: "messages", field: "chat", where: { kind: "chat" } }],
    union: [],
    concat: [],
    ids: [],
  }[shape.messages];
  const holders = {
    lists: { collection: "people", field: "chats" },
    inside: { collection: "people", field: "list.chat", onConflict: "fold", fold: folded },
    keys: { collection: "people", field: "map.$*", onConflict: "fold", fold: "sum" },
    left: { collection: "people", field: "first", leave: true },
  } as const;
  const rows = { collection: "rows", field: "chat" };
  const embedded = {
    union: { messages: { union: { by: "_id", orderBy: "at" } } },
    concat: { messages: { concat: { orderBy: "at" } } },
    ids: { messages: "union" },
  };
  const titled = shape.folds.includes("title") ? ["updatedAt", ...shape.folds] : shape.folds;
  return {
    chats: {
      participants,
      participantType: shape.persons,
      idType: shape.ids,
      scope: scopeOf(shape),
      scopeType: "int",
      drift: "release",
      survivor,
      ...(shape.hasGroups ? { where: { isGroup: false } } : {}),
      ...(shape.hasKeyOfItsOwn ? { keyField: "onechatKey" } : {}),
      ...(shape.people === "fields" ? { perParticipant: [["sentUnread", "receivedUnread"]] } : {}),
    },
    references: [
      ...messages,
      ...shape.holders.map((name) => holders[name]),
      ...(shape.rows === "none" ? [] : [{ ...rows, onConflict: shape.rows, ...rowFold[shape.rows] }]),
    ],
    fold: {
      ...Object.fromEntries(titled.map((name) => [name, chatFolds[name]])),
      ...(embedded[shape.messages as keyof typeof embedded] as object | undefined),
      ...memberFolds[shape.people],
    } as ChatModelInput["fold"],
    ignore: ["participantsKey", "room", "score", "isFavourite", ...Object.keys(chatFolds)],
  };
}

function scopeOf({ people, isScoped }: Shape): string | null {
  if (people === "owner") return "from";
  return isScoped ? "listing" : null;
}

const memberFold = { union: { by: "userId", fold: { n: "sum", at: "max" } } };
const memberFolds = {
  array: {},
  members: { members: memberFold },
  deep: { "room.members": memberFold },
  fields: { sentUnread: "sum", receivedUnread: "sum" },
  owner: {},
};
const rowFold = {
  "keep-survivor": { ignore: ["n", "at"] },
  fold: { fold: { n: "sum", at: "max" } },
} as const;

/** The so-many-th id of a type: the greater number is the later id. */
export function idOf(type: IdType, number: number): unknown {
  const hex = number.toString(16).padStart(12, "0");
  if (type === "string") return `id-${hex}`;
  if (type === "objectId") return new ObjectId(hex.padStart(24, "0"));
  if (type === "uuid") return new UUID(`00000000-0000-4000-8000-${hex}`);
  return type === "int" ? number : Long.fromBigInt(9_007_199_254_740_993n + BigInt(number));
}

/** A chat as somebody has made it: of which people, and how it differs from others. */
export interface Seed {
  readonly set: number;
  readonly isTurned: boolean;
  readonly oddity: "none" | "group" | "invalid";
  readonly n: number;
  /** Which of the folded fields it has. */
  readonly has: readonly number[];
}

export const anySeed: fc.Arbitrary<Seed> = fc.record({
  set: fc.constantFrom(0, 0, 1, 2),
  isTurned: fc.boolean(),
  oddity: fc.constantFrom("none", "none", "none", "none", "none", "group", "invalid"),
  n: fc.integer({ min: 1, max: 9 }),
  has: fc.uniqueArray(fc.nat(20), { maxLength: 21 }),
});

/** People by set: a pair, another that shares somebody, one alone. */
const setPeople: readonly (readonly number[])[] = [[1, 2], [1, 3], [3]];

export function personsOf({ persons }: Shape, set: number): readonly unknown[] {
  return (setPeople[set] ?? []).map((number) => idOf(persons, number));
}

export const at = (hour: number): Date => new Date(Date.UTC(2024, 0, 1, hour));

/** The document of the so-many-th chat. */
export function chatOf(shape: Shape, number: number, { set, isTurned, oddity, n, has }: Seed): Document {
  const all = personsOf(shape, set);
  const pair = isTurned && shape.people !== "owner" ? all.toReversed() : all;
  const persons = oddity === "invalid" ? [pair[0], null] : pair;
  const members = persons.map((userId, index) =>
    userId === null ? null : { userId, n: n + index, at: at(n) },
  );
  const place = {
    array: { users: persons },
    members: { members },
    deep: { room: { id: `r-${number}`, members } },
    fields: { from: persons[0], to: persons.at(-1), sentUnread: n, receivedUnread: 1 },
    owner: { from: persons[0], to: persons.at(-1) },
  }[shape.people];
  const values: Document = {
    createdAt: at(n),
    updatedAt: at(20 - n),
    count: n,
    stats: { kept: number, total: n },
    isMuted: n % 2 === 0,
    isPinned: n % 3 === 0,
    tags: [`t${n}`, "t0"],
    hiddenBy: n % 2 === 0 ? ["p1", "p2"] : ["p2"],
    unread: { p1: n, [`p${n}`]: 1 },
    seen: { p1: n, [`p${n}`]: 3 },
    state: { p1: { n, at: n }, [`p${n}`]: { n: 1, at: 1 } },
    last: { at: n, text: `last ${number}` },
    title: `title ${number}`,
    reads: [{ user: "p1", n, at: n }, ...(n > 1 ? [{ user: `p${n}`, n: 1, at: 0 }] : [])],
    pins: [{ _id: 1 }, { _id: n }],
  };
  const own = Object.entries(values).filter((_, index) => !has.includes(index));
  return {
    _id: idOf(shape.ids, number),
    room: { id: `r-${number}` },
    ...place,
    ...(shape.isScoped && shape.people !== "owner" ? { listing: 7 } : {}),
    isGroup: oddity === "group",
    score: n,
    isFavourite: n > 6,
    ...(shape.hasKeyOfItsOwn ? { participantsKey: `of ${set}` } : {}),
    ...Object.fromEntries(own),
  };
}
