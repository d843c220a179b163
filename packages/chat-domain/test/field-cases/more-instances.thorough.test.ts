import { DBRef, Double, type Document, Long, UUID } from "mongodb";
import { describe, expect, it } from "vitest";
import { type ChatModelInput, createOrGetChat, participantsKey } from "../../src/index.ts";
import { type FieldCase, type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

/** Small applications unlike those of the other tests, each from the plan to a rollback after the purge. */

const text = (number: number): string => String(id(number));
const uuid = (number: number): UUID => new UUID(`0000abcd-0000-4000-8000-00000000000${number}`);
const long = (number: number): Long => Long.fromNumber(number);
const messages = [{ collection: "messages", field: "chat" }];

interface Instance {
  readonly chats: NonNullable<ChatModelInput["chats"]>;
  readonly model?: Omit<ChatModelInput, "chats">;
  readonly data: NonNullable<FieldCase["data"]>;
  readonly indexes?: FieldCase["indexes"];
  readonly losers: number;
  /** Chats that are parked. */
  readonly parked?: readonly unknown[];
  /** What documents hold then: `[collection, _id, fields]`. */
  readonly becomes: readonly (readonly [string, unknown, Document])[];
  readonly asked?: {
    readonly participants: readonly unknown[];
    readonly scope?: unknown;
    readonly is: string;
  };
}

const wrongKey = participantsKey(["a", "b"]);
const instances: Readonly<Record<string, Instance>> = {
  "a group holds the key of a pair that has two chats": {
    chats: { participants: "users", scope: null, where: { $expr: { $lte: [{ $size: "$users" }, 2] } } },
    model: { references: messages },
    data: {
      chats: [
        { _id: "z", users: ["a", "b", "c"], participantsKey: wrongKey },
        { _id: "m", users: ["b", "a"] },
        { _id: "n", users: ["a", "b"] },
      ],
      messages: [{ _id: 1, chat: "n" }],
    },
    losers: 1,
    becomes: [["messages", 1, { chat: "m" }]],
    asked: { participants: ["a", "b"], is: "m" },
  },
  "people are DBRefs, deep, and some elements are none": {
    chats: { participants: "room.members.user.$id", participantType: "objectId", scope: null },
    model: { fold: { "room.members": { union: { by: "user.$id", fold: { n: "sum" } } } } },
    data: {
      chats: [1, 2, 3, 4].map((number) => ({
        _id: id(number),
        room: {
          members: [
            { user: new DBRef("users", id(0xa)), n: number },
            number === 3 ? null : { user: new DBRef("users", id(0xb)), n: 10 },
            ...(number === 4 ? [id(0xb)] : []),
          ],
        },
      })),
    },
    losers: 1,
    parked: [id(3), id(4)],
    becomes: [["chats", id(1), { room: { members: [{ n: 3 }, { n: 20 }] } }]],
    asked: { participants: [text(0xb), text(0xa)], is: text(1) },
  },
  "everybody has a chat of their own, twice, and people are integers": {
    chats: { participants: ["owner.id", "peer"], participantType: "int", scope: "owner.id" },
    model: { references: messages, ignore: ["owner"] },
    data: {
      chats: [
        { _id: id(1), owner: { id: 1 }, peer: 2 },
        { _id: id(2), owner: { id: 2 }, peer: 1 },
        { _id: id(3), owner: { id: 1 }, peer: new Double(2) },
      ],
      messages: [2, 3].map((number) => ({ _id: number, chat: text(number) })),
    },
    losers: 1,
    becomes: [
      ["messages", 2, { chat: text(2) }],
      ["messages", 3, { chat: text(1) }],
    ],
    asked: { participants: [2, 1], scope: 1, is: text(1) },
  },
  "three stand crossed, and each field goes to its person": {
    chats: {
      participants: ["s", "r"],
      participantType: "uuid",
      scope: null,
      perParticipant: [
        ["x.s", "x.r"],
        ["tagS", "tagR"],
      ],
      survivor: [{ where: { closed: { $ne: true } } }, { min: "rank" }],
    },
    model: {
      fold: { "x.s": "sum", "x.r": "sum", tagS: "union", tagR: "union", closed: "every" },
      ignore: ["rank"],
    },
    data: {
      chats: [
        { _id: 1, s: uuid(1), r: uuid(2), x: { s: 1, r: 10 }, tagS: ["p"], closed: true, rank: 0 },
        { _id: 2, s: uuid(2), r: uuid(1), x: { s: 100, r: 1_000 }, tagR: ["q"], rank: null },
        { _id: 3, s: uuid(2), r: uuid(1), x: { r: 5 }, tagS: [], tagR: ["q"], rank: 7 },
      ],
    },
    losers: 2,
    becomes: [["chats", 3, { x: { s: 110, r: 1_006 }, tagS: [], tagR: ["q", "p"] }]],
  },
  "maps of maps, lists in maps, and what only one has": {
    chats: { participants: "users", scope: null },
    model: {
      fold: {
        u: { eachKey: { eachKey: "sum" } },
        l: { eachKey: { union: { by: "k", orderBy: "at" } } },
        last: { eachKey: { newestBy: "at" } },
        hidden: "intersection",
      },
    },
    data: {
      chats: [
        { _id: 1, users: ["a", "b"], u: { x: { a: 1 } }, last: { a: { at: 1 } }, hidden: ["a", "b"] },
        {
          _id: 2,
          users: ["a", "b"],
          u: { x: { a: 1, b: 2 }, y: { a: 7 } },
          l: {
            a: [
              { k: 2, at: 2 },
              { k: 1, at: 1 },
            ],
          },
          last: { a: { at: 2 }, b: null },
          hidden: ["b", "c"],
        },
      ],
    },
    losers: 1,
    becomes: [
      ["chats", 1, { u: { x: { a: 2, b: 2 }, y: { a: 7 } }, l: { a: [{ k: 1 }, { k: 2 }] } }],
      ["chats", 1, { last: { a: { at: 2 } }, hidden: ["b"] }],
    ],
  },
  "a marketplace: numbers everywhere, rooms with a prefix, names of its own": {
    chats: {
      participants: "members.who",
      participantType: "long",
      idType: "long",
      scope: "listing",
      scopeType: "long",
      keyField: "oc",
    },
    model: {
      recordsPrefix: "oc_",
      ignore: ["participantsKey", "aliases"],
      references: [
        { collection: "posts", field: "in.room", toField: "meta.no", prefix: "R-" },
        { collection: "flags", field: "on", prefix: "Chat$", where: { type: "chat" } },
        { collection: "people", field: "open.$*", onConflict: "fold", fold: { n: "sum", at: "max" } },
        { collection: "people", field: "pins.chat", onConflict: "keep-survivor" },
        { collection: "audit", field: "chat", leave: true },
      ],
      fold: { count: { recount: { collection: "posts", field: "in.room" } } },
    },
    data: {
      chats: [1, 2, 3].map((number) => ({
        _id: long(number),
        members: [{ who: long(7) }, { who: number === 2 ? "8" : 8 }],
        listing: long(number === 3 ? 2 : 1),
        meta: { no: number * 11 },
        participantsKey: "7_8",
        aliases: ["mine"],
        count: 1,
      })),
      posts: [11, 22, 33].map((no) => ({ _id: no, in: { room: `R-${no}` } })),
      flags: ["chat", "user"].map((type) => ({ _id: type, type, on: "Chat$2" })),
      people: [
        { _id: 1, open: { 1: { n: 1 }, 2: { n: 2, at: 5 } }, pins: [{ chat: "2" }, { chat: long(1) }] },
      ],
      audit: [{ _id: 1, chat: 2 }],
    },
    indexes: [{ collection: "chats", key: { "meta.no": 1 } }],
    losers: 1,
    becomes: [
      ["posts", 22, { in: { room: "R-11" } }],
      ["flags", "chat", { on: "Chat$1" }],
      ["flags", "user", { on: "Chat$2" }],
      ["people", 1, { open: { 1: { n: 3, at: 5 } }, pins: [{ chat: 1 }] }],
      ["audit", 1, { chat: 2 }],
      ["chats", long(1), { count: 2, participantsKey: "7_8", aliases: ["mine"] }],
    ],
    asked: { participants: [8, 7], scope: 1, is: "1" },
  },
};

async function expectBecome(field: FieldDatabase, { becomes, asked }: Instance): Promise<void> {
  for (const [collection, _id, fields] of becomes)
    expect(await field.one(collection, _id)).toMatchObject(fields);
  if (asked === undefined) return;
  const { is, ...request } = asked;
  expect(await createOrGetChat(field.app(), request)).toMatchObject({ created: false, chat: { id: is } });
}

describe("an application of another shape", () => {
  it.each(Object.keys(instances))("goes all the way and back: %s", async (name) => {
    const instance = instances[name];
    if (instance === undefined) throw new Error(name);
    const { chats, model, data, indexes = [], losers, parked = [] } = instance;
    await using field = await fieldDatabase({ model: { chats, ...model }, data, indexes });
    const before = await field.image(...Object.keys(data));
    const exit = parked.length === 0 ? 0 : 6;
    const { plan, ...planned } = await field.plan();
    expect(planned).toMatchObject({ exit, problems: "" });
    expect(plan.duplicates.losers).toBe(losers);
    expect(plan.invalid.flatMap(({ examples }) => examples)).toEqual(parked);
    for (const end of ["settle", "purge"] as const) {
      expect(await (end === "purge" ? field.purge() : field.up())).toMatchObject({ exit });
      expect(await field.verify()).toMatchObject({ exit });
      await expectBecome(field, instance);
      expect(await field.up()).toMatchObject({ exit });
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect(await field.image(...Object.keys(data))).toEqual(before);
    }
  });
});
