import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { fieldDatabase, id } from "./field-database.ts";
import { chats, databaseWith, mergedAndBack, pair } from "./referred-chats.ts";

/** Ids of chats inside arrays of documents, as the keys of maps, and inside the chats themselves. */

describe("an id inside an array of documents", () => {
  const references = [{ collection: "people", field: "chats.chat" }] as const;

  it("is changed in place", async () => {
    const people = [
      {
        _id: "a",
        chats: [
          { chat: id(3), muted: true },
          { chat: id(2), color: "red", pinned: { at: 1 } },
        ],
      },
      { _id: "x", chats: [{ chat: id(3) }] },
    ];
    await using field = await databaseWith([...references], { people });
    const merged = await mergedAndBack(field, "people");
    expect(merged[0]).toEqual({
      _id: "a",
      chats: [
        { chat: id(3), muted: true },
        { chat: id(1), color: "red", pinned: { at: 1 } },
      ],
    });
    expect(merged[1]).toEqual(people[1]);
  });

  it("becomes a second element for the survivor without a policy, and one with it", async () => {
    const people = [
      {
        _id: "a",
        chats: [
          { chat: id(2), unread: 2 },
          { chat: id(1), unread: 1 },
        ],
      },
    ];
    await using both = await databaseWith([...references], { people });
    expect((await mergedAndBack(both, "people"))[0]?.["chats"]).toEqual([
      { chat: id(1), unread: 2 },
      { chat: id(1), unread: 1 },
    ]);
    const policy = [{ ...references[0], onConflict: "keep-survivor" }] as const;
    await using kept = await databaseWith([...policy], { people });
    expect((await mergedAndBack(kept, "people"))[0]?.["chats"]).toEqual([{ chat: id(1), unread: 1 }]);
  });

  it("is not folded into one element with another of the survivor's than one", async () => {
    const people = [
      {
        _id: "a",
        chats: [
          { chat: id(1), device: "phone" },
          { chat: id(1), device: "desk" },
          { chat: id(2), device: "phone" },
        ],
      },
    ];
    await using field = await databaseWith([{ ...references[0], onConflict: "keep-survivor" }], { people });
    expect((await mergedAndBack(field, "people"))[0]?.["chats"]).toEqual([
      { chat: id(1), device: "phone" },
      { chat: id(1), device: "desk" },
    ]);
  });
});

describe("ids as the keys of a map", () => {
  const [one, two, three] = [1, 2, 3].map((number) => String(id(number))) as [string, string, string];
  const references = [{ collection: "people", field: "lastRead.$*" }] as const;

  it("follow their chat", async () => {
    const people = [
      { _id: "a", lastRead: { [three]: 3, [two]: 2 } },
      { _id: "b", lastRead: { [one]: 1 } },
      { _id: "c" },
    ];
    await using field = await databaseWith([...references], { people });
    const merged = await mergedAndBack(field, "people");
    expect(merged[0]?.["lastRead"]).toEqual({ [three]: 3, [one]: 2 });
    expect(merged.slice(1)).toEqual(people.slice(1));
  });

  it("that are both there are a problem without a policy; keep-survivor keeps the survivor's, a fold folds", async () => {
    const people = [{ _id: "a", lastRead: { [one]: 1, [two]: 2 } }];
    await using unruly = await databaseWith([...references], { people });
    expect(await unruly.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("lastRead") });
    await using kept = await databaseWith([{ ...references[0], onConflict: "keep-survivor" }], { people });
    expect((await mergedAndBack(kept, "people"))[0]?.["lastRead"]).toEqual({ [one]: 1 });
    await using folded = await databaseWith([{ ...references[0], onConflict: "fold", fold: "max" }], {
      people,
    });
    expect((await mergedAndBack(folded, "people"))[0]?.["lastRead"]).toEqual({ [one]: 2 });
  });
});

describe("references inside the chats themselves", () => {
  it("lie in a folded field, and are undone to the byte", async () => {
    const rooms = [
      { _id: "a", users: ["a", "b"], lm: 1, lastMessage: { rid: "a", at: 1 } },
      { _id: "b", users: ["b", "a"], lm: 2, lastMessage: { rid: "b", at: 2 } },
    ];
    const model: ChatModelInput = {
      chats: { ...chats, collection: "rooms", idType: "string" },
      references: [
        { collection: "messages", field: "rid" },
        { collection: "rooms", field: "lastMessage.rid" },
      ],
      fold: { lm: "max", lastMessage: { newestBy: "lm" } },
    };
    await using field = await fieldDatabase({
      model,
      data: { rooms, messages: [{ _id: "m", rid: "b" }] },
    });
    const before = await field.image("rooms", "messages");
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("rooms", "a")).toMatchObject({ lm: 2, lastMessage: { rid: "a", at: 2 } });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("rooms", "messages")).toEqual(before);
  });

  it.each([
    ["a thread's parent", { parent: id(2) }, "parent"],
    ["a list of related chats", { related: [id(2), id(1)] }, "related"],
  ])("lie in another chat, and are undone to the byte: %s", async (_name, fields, path) => {
    const withThread = [...pair.slice(0, 2), { ...pair[2], ...fields }];
    await using field = await databaseWith([{ collection: "chats", field: path }], { chats: withThread });
    const merged = await mergedAndBack(field, "chats");
    expect(JSON.stringify(merged.at(-1))).not.toContain(String(id(2)));
  });

  it("names duplicates of its own chat in an array that folds, which comes out to the byte", async () => {
    const links = (number: number, ...to: readonly number[]) => ({
      _id: id(number),
      users: ["a", "b"],
      seen: { by: to.map(id) },
    });
    await using field = await fieldDatabase({
      model: {
        chats,
        references: [{ collection: "chats", field: "seen.by" }],
        fold: { "seen.by": "union" },
      },
      data: { chats: [links(1, 2, 3, 9), links(2, 1, 8), links(3, 3, 9)] },
    });
    const before = await field.image("chats");
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect((await field.one("chats", id(1)))["seen"]).toEqual({ by: [1, 9, 8].map(id) });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats")).toEqual(before);
  });
});
