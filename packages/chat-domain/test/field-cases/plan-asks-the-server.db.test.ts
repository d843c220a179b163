import { type CreateCollectionOptions, UUID } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { fieldDatabase, type FieldDatabase, id } from "./field-database.ts";

/** What only the server can say of a configuration and of the application's own rules, it is asked before anything is written. */

const chats: ChatModelInput["chats"] = { participants: "users", scope: null };
const titled = { _id: id(1), users: ["a", "b"], title: "old" };
const untitled = { _id: id(2), users: ["c", "d"] };

/** By plan's word, and by what up does. */
async function expectParked(field: FieldDatabase, refused: readonly unknown[]): Promise<void> {
  const { exit, plan } = await field.plan();
  expect([exit, plan.invalid.flatMap(({ examples }) => examples)]).toEqual([
    refused.length === 0 ? 0 : 6,
    refused,
  ]);
  const { exit: ended, events } = await field.up();
  const parked = events.flatMap((event) => (event.event === "chat.parked" ? [event.chat] : []));
  expect([ended, parked]).toEqual([exit, refused]);
}

describe("a validator under which chats would be parked", () => {
  const needsTitle = { $jsonSchema: { required: ["title"] } };

  it.each<readonly [string, CreateCollectionOptions, readonly unknown[]]>([
    ["by a filter that knows no key", { validator: { participantsKey: null } }, [id(1), id(2)]],
    ["by the number of fields", { validator: { $jsonSchema: { maxProperties: 3 } } }, [id(1)]],
    ["because they break it already", { validator: needsTitle }, [id(2)]],
    ["none, where old ones may", { validator: needsTitle, validationLevel: "moderate" }, []],
  ])("is told of by plan, and up does as it says: %s", async (_how, options, refused) => {
    await using field = await fieldDatabase({
      model: { chats },
      data: { chats: [titled, untitled] },
      collections: { chats: options },
    });
    const { plan } = await field.plan();
    expect(plan.invalid.flatMap(({ examples }) => examples)).toEqual(refused);
    const { exit, events } = await field.up();
    const parked = events.flatMap((event) => (event.event === "chat.parked" ? [event.chat] : []));
    expect([exit, parked]).toEqual([refused.length === 0 ? 0 : 6, refused]);
  });
});

describe("a validator that lets keys pass, but not what a merge writes", () => {
  const fields = { _id: {}, users: {}, title: {}, chat: {}, user: {}, unread: {} };
  const oneOf = (more: object) => ({
    $jsonSchema: { oneOf: [{ properties: { ...fields, ...more }, additionalProperties: false }] },
  });
  const rows = [1, 2, 3].map((no) => ({ _id: no, chat: id(no), user: "a", unread: no }));
  const references = [
    { collection: "members", field: "chat", onConflict: "fold" as const, fold: { unread: "sum" as const } },
  ];

  it.each<readonly [string, string, object, readonly unknown[]]>([
    ["one of several schemas", "chats", oneOf({ participantsKey: {} }), [id(2)]],
    ["the number of fields", "chats", { $jsonSchema: { maxProperties: 4 } }, [id(2)]],
    ["an alias alone", "chats", { aliases: null }, [id(2)]],
    ["a tombstone alone", "chats", { $nor: [{ mergedInto: { $exists: true } }] }, [id(2)]],
    ["a row's mark", "members", oneOf({}), [id(2)]],
    [
      "nothing of ours",
      "chats",
      oneOf({ participantsKey: {}, aliases: {}, mergedInto: {}, mergedAt: {} }),
      [],
    ],
  ])("is told of by plan, and up does as it says: %s", async (_how, collection, validator, refused) => {
    await using field = await fieldDatabase({
      model: { chats, references },
      data: {
        chats: [titled, { ...titled, _id: id(2) }, { ...titled, _id: id(3), users: ["c"] }],
        members: rows,
      },
      collections: { [collection]: { validator } },
      indexes: [{ collection: "members", key: { chat: 1, user: 1 }, options: { unique: true } }],
    });
    await expectParked(field, refused);
  });
});

describe("messages that are older than their collection's validator", () => {
  const needsText = { $jsonSchema: { required: ["text"] } };
  const data = (held: (no: number) => unknown) => ({
    chats: [1, 2, 3, 4].map((no) => ({ _id: id(no), users: no === 4 ? ["c"] : ["a", "b"], no })),
    messages: [1, 2, 3, 4].map((no) => ({ _id: no, chat: held(no), ...(no === 3 ? { text: "new" } : {}) })),
  });
  const byId = { collection: "messages", field: "chat" };

  it.each<readonly [string, object, (no: number) => unknown, CreateCollectionOptions, readonly unknown[]]>([
    ["by their ids", {}, id, {}, [id(2)]],
    ["by their ids as text", {}, (no) => String(id(no)), {}, [id(2)]],
    ["by text before them", { prefix: "Chat$" }, (no) => `Chat$${String(id(no))}`, {}, [id(2)]],
    ["by another field", { toField: "no" }, (no) => no, {}, [id(2)]],
    ["only of the others", { where: { text: { $exists: true } } }, id, {}, []],
    ["where old ones may break it", {}, id, { validationLevel: "moderate" }, []],
    ["where it only warns", {}, id, { validationAction: "warn" }, []],
  ])("have their chats parked, as plan says: %s", async (_how, more, held, options, refused) => {
    await using field = await fieldDatabase({
      model: { chats, references: [{ ...byId, ...more }] },
      data: data(held),
      indexes: [{ collection: "chats", key: { no: 1 } }],
      collections: { messages: { validator: needsText, ...options } },
    });
    await expectParked(field, refused);
  });
});

it.each(["as they are", "as text"])("asks for what refers to chats whose ids are UUIDs, %s", async (how) => {
  const uuid = (no: number) => new UUID(`00000000-0000-4000-8000-00000000000${no}`);
  const held = (no: number) => (how === "as text" ? uuid(no).toString() : uuid(no));
  await using field = await fieldDatabase({
    model: { chats, references: [{ collection: "messages", field: "chat" }] },
    data: {
      chats: [1, 2].map((no) => ({ _id: uuid(no), users: ["a", "b"] })),
      messages: [{ _id: 1, chat: held(2) }],
    },
    collections: { messages: { validator: { text: { $exists: true } } } },
  });
  await expectParked(field, [uuid(2)]);
});

it("tells of a chat without people once, whatever a validator says of it", async () => {
  await using field = await fieldDatabase({
    model: { chats },
    data: { chats: [{ _id: id(1), users: [] }, untitled] },
    collections: { chats: { validator: { $jsonSchema: { required: ["title"] } } } },
  });
  const { plan } = await field.plan();
  expect(plan.invalid.map(({ chats: number, examples }) => [number, examples])).toEqual([
    [1, [id(1)]],
    [1, [id(2)]],
  ]);
});

describe("a recount", () => {
  const counting = (recount: object): ChatModelInput => ({
    chats,
    references: [{ collection: "messages", field: "chat" }],
    fold: { messages: { recount: { collection: "messages", field: "chat", ...recount } } },
  });
  const data = {
    chats: [1, 2].map((number) => ({ _id: id(number), users: ["a", "b"], messages: 1 })),
    messages: [1, 2].map((number) => ({ _id: id(number), chat: id(number) })),
  };

  it("of a collection that is not there is a problem, of a field that nobody has a warning", async () => {
    await using missing = await fieldDatabase({ model: counting({ collection: "mesages" }), data });
    expect(await missing.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("mesages") });
    await using nobody = await fieldDatabase({ model: counting({ field: "chatId" }), data });
    expect(await nobody.plan()).toMatchObject({ exit: 0, warnings: expect.stringContaining("chatId") });
    await using right = await fieldDatabase({ model: counting({}), data });
    expect((await right.plan()).warnings).not.toContain("recount");
  });

  it("counts what refers to its chat by another field, and with text before it", async () => {
    const references = [
      { collection: "messages", field: "room", toField: "no", prefix: "R-" },
      {
        collection: "members",
        field: "chat",
        onConflict: "fold",
        fold: { count: { recount: { collection: "messages", field: "room" } } },
      },
    ] as const;
    await using field = await fieldDatabase({
      model: { chats, references, fold: { count: { recount: { collection: "messages", field: "room" } } } },
      data: {
        chats: [1, 2].map((no) => ({ _id: id(no), users: ["a", "b"], no, count: no })),
        messages: [1, 2, 2].map((no, at) => ({ _id: at, room: `R-${no}` })),
        members: [1, 2].map((no) => ({ _id: no, chat: id(no), user: "a", count: no })),
      },
      indexes: [
        { collection: "chats", key: { no: 1 } },
        { collection: "members", key: { chat: 1, user: 1 }, options: { unique: true } },
      ],
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(1))).toMatchObject({ count: 3 });
    expect(await field.one("members", 1)).toMatchObject({ count: 3 });
  });

  it("counts what any of the references of its field calls its chat", async () => {
    const reference = { collection: "messages", field: "on" };
    const references = [
      { ...reference, prefix: "Group$", leave: true },
      { ...reference, prefix: "Chat$" },
      { ...reference, prefix: "Room$", toField: "no" },
    ] as const;
    const fold = { count: { recount: { ...reference, where: { isDeleted: null } } } };
    const on = [`Chat$${String(id(2))}`, "Room$2", `Group$${String(id(2))}`];
    await using field = await fieldDatabase({
      model: { chats, references, fold },
      data: {
        chats: [1, 2].map((no) => ({ _id: id(no), users: ["a", "b"], no, count: no })),
        messages: [
          ...on.map((value, at) => ({ _id: at, on: value })),
          { _id: 9, on: on[0], isDeleted: true },
        ],
      },
      indexes: [{ collection: "chats", key: { no: 1 } }],
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(1))).toMatchObject({ count: 2 });
  });

  it("by a filter that the server does not know is refused before anything is written", async () => {
    await using field = await fieldDatabase({ model: counting({ where: { $no: 1 } }), data });
    await expect(field.plan()).rejects.toMatchObject({ code: "PREFLIGHT_REFUSED" });
    expect(await field.up()).toMatchObject({ exit: 3, text: expect.stringContaining("$no") });
  });
});

describe("an index that is to be built", () => {
  it.each([
    ["partial", { partialFilterExpression: { chat: { $exists: true } } }],
    ["hidden", { hidden: true }],
  ])("is a problem where a %s one is in its place", async (_how, options) => {
    const references = [{ collection: "messages", field: "chat" }];
    await using field = await fieldDatabase({
      model: { chats, references },
      data: { chats: [titled], messages: [{ _id: id(9), chat: id(1) }] },
      isIndexed: false,
      indexes: [{ collection: "messages", key: { chat: 1 }, options }],
    });
    expect(await field.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("chat_1") });
    expect(await field.up()).toMatchObject({ exit: 3 });
  });

  const many = Array.from({ length: 63 }, (_, at) => ({ collection: "chats", key: { [`field${at}`]: 1 } }));

  it.each([
    [
      "whose name another one has",
      [{ collection: "chats", key: { title: 1 }, options: { name: "participantsKey_unique" } }],
    ],
    ["for which there is no room", many],
  ] as const)("is a problem before anything is written, as one %s", async (_how, indexes) => {
    await using field = await fieldDatabase({
      model: { chats },
      data: { chats: [titled, untitled] },
      indexes,
    });
    const before = await field.image("chats");
    expect(await field.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("chats") });
    expect(await field.up()).toMatchObject({ exit: 3 });
    expect(await field.image("chats")).toEqual(before);
  });
});
