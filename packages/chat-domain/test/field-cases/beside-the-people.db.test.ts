import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { type ChatModelInput, createOrGetChat } from "../../src/index.ts";
import { fieldDatabase, id } from "./field-database.ts";

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));

/** Everything that tells chats apart lies in one sub-document, and so do fields that fold. */
const model: ChatModelInput = {
  chats: {
    participants: "info.members.userId",
    scope: "info.tenant",
    where: { "info.kind": "dm" },
    survivor: [{ max: "info.lastAt" }],
  },
  references: [{ collection: "messages", field: "chat" }],
  fold: {
    "info.members": { union: { by: "userId", fold: { unread: "sum" } } },
    "info.lastAt": "max",
    "info.stats.n": "sum",
  },
  ignore: ["info.title", "info.stats.text"],
};

const chat = (number: number, more: Document, people: readonly string[] = ["a", "b"]): Document => ({
  _id: id(number),
  info: {
    kind: "dm",
    title: `chat ${number}`,
    members: people.map((userId) => ({ userId, unread: number })),
    tenant: "t",
    ...more,
  },
});

const data = {
  chats: [
    chat(1, { lastAt: at(1), stats: { n: 1 } }),
    chat(2, { lastAt: at(9), stats: null }, ["b", "a"]),
    chat(3, { stats: { n: 4, text: "x" } }),
    chat(4, { tenant: "other", lastAt: at(5) }),
    chat(5, { kind: "group", lastAt: at(5) }),
  ],
  messages: [1, 2, 3].map((number) => ({ _id: id(number), chat: id(number) })),
};

describe("fields that lie beside the people in one sub-document", () => {
  it("fold, follow the duplicates, and are given back to the byte", async () => {
    await using field = await fieldDatabase({ model, data });
    const before = await field.image("chats", "messages");
    expect(await field.plan()).toMatchObject({ exit: 0, problems: "", warnings: "" });
    expect(await field.up()).toMatchObject({ exit: 0 });
    const merged = { lastAt: at(9), stats: { n: 5 }, title: "chat 2" };
    const members = ["b", "a"].map((userId) => ({ userId, unread: 6 }));
    expect(await field.one("chats", id(2))).toMatchObject({ info: { ...merged, members } });
    await field.change("chats", id(3), { $inc: { "info.stats.n": 3 } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(2))).toMatchObject({ info: { ...merged, stats: { n: 8 } } });
    expect(await field.verify()).toMatchObject({ exit: 0 });
    await field.change("chats", id(3), { $inc: { "info.stats.n": -3 } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "messages")).toEqual(before);
  });

  it("are nobody's where the sub-document has become a list: such a chat has no scope, and loses its key", async () => {
    await using field = await fieldDatabase({ model, data });
    await field.up({ to: "backfill" });
    const lists = [id(1), id(4)];
    for (const _id of lists) {
      const { info } = await field.one("chats", _id);
      await field.change("chats", _id, { $set: { info: [info] } });
    }
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.verify()).toMatchObject({ exit: 6, chats: lists.map(String) });
    for (const _id of lists) expect(await field.one("chats", _id)).not.toHaveProperty("participantsKey");
  });

  it("are no scope inside a list, and chats of several scopes no duplicates", async () => {
    const inList = (number: number, tenant: string) => ({
      _id: id(number),
      users: ["a", "b"],
      meta: [{ tenant }],
    });
    const chats = [inList(1, "x"), inList(2, "y"), { _id: id(3), users: ["a", "b"] }];
    await using field = await fieldDatabase({
      model: { chats: { participants: "users", scope: "meta.tenant" }, ignore: ["meta"] },
      data: { chats },
    });
    expect(await field.plan()).toMatchObject({ exit: 6, plan: { duplicates: { losers: 0 } } });
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.verify()).toMatchObject({ exit: 6, chats: [String(id(1)), String(id(2))] });
    expect(await field.all("chats", { mergedInto: { $exists: true } })).toEqual([]);
  });

  it("are set in new chats, which are found again", async () => {
    await using field = await fieldDatabase({ model, data });
    await field.up();
    const call = { participants: ["a", "c"], scope: "t", set: { "info.lastAt": at(3) } } as const;
    const made = await createOrGetChat(field.app(), { ...call, member: { unread: 0 } });
    expect(made.created).toBe(true);
    expect(await createOrGetChat(field.app(), call)).toMatchObject({
      created: false,
      chat: { id: made.chat.id },
    });
    const [stored] = await field.all("chats", { "info.members.userId": "c" });
    const members = ["a", "c"].map((userId) => ({ userId, unread: 0 }));
    expect(stored?.["info"]).toEqual({ kind: "dm", lastAt: at(3), members, tenant: "t" });
    const known = await createOrGetChat(field.app(), { participants: ["a", "b"], scope: "t" });
    expect(known).toMatchObject({ created: false, chat: { id: String(id(2)) } });
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });
});
