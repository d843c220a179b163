import { testMongo } from "@onechat/mongo/testing";
import { type Collection, type Db, type Document, MongoClient } from "mongodb";
import { describe, expect, it } from "vitest";
import {
  assertIndexes,
  chatContext,
  ChatError,
  type ChatModelInput,
  createOrGetChat,
  type CreateOrGetChatInput,
  ensureIndexes,
} from "../../src/index.ts";
import { fieldDatabase, type FieldIndex, id } from "./field-database.ts";

/** Unique indexes of the application, besides ours: they may be the ones that report a race, or refuse every chat. */
const model: ChatModelInput = {
  chats: { participants: "users", scope: null, where: { isGroupChat: false } },
};
const processes = 8;
const rounds = 40;

function unique(key: Readonly<Record<string, 1>>, options: FieldIndex["options"] = {}): FieldIndex {
  return { collection: "chats", key, options: { ...options, unique: true } };
}

/** The database of a process whose first upsert, having found nothing, is overtaken before it inserts. */
function overtakenDatabase(real: Db, overtake: () => Promise<unknown>): Db {
  let isFirst = true;
  const upsert = async (chats: Collection, filter: Document, update: Document, options: Document) => {
    if (!isFirst) return chats.findOneAndUpdate(filter, update, options);
    isFirst = false;
    await overtake();
    return chats.insertOne({ ...filter, ...(update["$setOnInsert"] as Document) });
  };
  return forwarding(real, {
    collection: (...args: Parameters<Db["collection"]>) => {
      const chats = real.collection(...args);
      return forwarding(chats, { findOneAndUpdate: upsert.bind(null, chats) });
    },
  });
}

function forwarding<T extends object>(real: T, own: Readonly<Record<PropertyKey, unknown>>): T {
  return new Proxy(real, {
    get(target, property) {
      if (Object.hasOwn(own, property)) return own[property];
      const member: unknown = Reflect.get(target, property, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

/** Who asks in which round, with the fields that the application sets. */
type Request = (round: number) => CreateOrGetChatInput;

const byPeople: Request = (round) => ({ participants: [`a${round}`, "b"] });

describe("a race that another unique index reports", () => {
  const onText = { partialFilterExpression: { participantsKey: { $type: "string" } } };

  const indexes: readonly { readonly name: string; readonly index: FieldIndex; readonly request: Request }[] =
    [
      {
        name: "with the key inside",
        index: unique({ org: 1, participantsKey: 1 }, onText),
        request: byPeople,
      },
      {
        name: "with the key first",
        index: unique({ participantsKey: 1, isGroupChat: 1 }, onText),
        request: byPeople,
      },
      {
        name: "on a field that the caller sets",
        index: unique({ dmKey: 1 }, { sparse: true }),
        request: (round) => ({ ...byPeople(round), set: { dmKey: `a${round}:b` } }),
      },
      {
        name: "on the people themselves, written as text",
        index: unique({ pair: 1, isGroupChat: 1 }, { partialFilterExpression: { pair: { $exists: true } } }),
        request: (round) => ({ ...byPeople(round), set: { pair: `b,a${round}` } }),
      },
    ];

  it.each(indexes)("is nobody's error: $name", async ({ index, request }) => {
    await using field = await fieldDatabase({ model, indexes: [index] });
    await ensureIndexes(field.app());
    const clients = Array.from({ length: processes }, () => new MongoClient(testMongo().uri));
    const contexts = clients.map((client) => chatContext(client.db(field.db.databaseName), { model }));
    const refused: string[] = [];
    let created = 0;
    for (let round = 0; round < rounds; round += 1) {
      const answers = await Promise.allSettled(contexts.map((ctx) => createOrGetChat(ctx, request(round))));
      const ids = new Set<string>();
      for (const answer of answers) {
        if (answer.status === "rejected") {
          refused.push(String(answer.reason));
          continue;
        }
        ids.add(answer.value.chat.id);
        if (answer.value.created) created += 1;
      }
      expect(ids.size).toBe(1);
    }
    await Promise.all(clients.map((client) => client.close()));
    expect(refused).toEqual([]);
    expect(created).toBe(rounds);
  });

  it.each(indexes)("is read anew, in whatever moment it is lost: $name", async ({ index, request }) => {
    await using field = await fieldDatabase({ model, indexes: [index] });
    await ensureIndexes(field.app());
    const overtaken = overtakenDatabase(field.db, () => createOrGetChat(field.app(), request(1)));
    const { chat, created } = await createOrGetChat(chatContext(overtaken, { model }), request(1));
    expect(created).toBe(false);
    expect((await field.all("chats")).map(({ _id }) => String(_id))).toEqual([chat.id]);
  });
});

describe("another unique index that refuses a chat which nobody else has made", () => {
  it("is another matter: the caller is told which index it is, and nobody answers with another's chat", async () => {
    await using field = await fieldDatabase({ model, indexes: [unique({ dmKey: 1 }, { sparse: true })] });
    await ensureIndexes(field.app());
    await createOrGetChat(field.app(), { participants: ["a", "b"], set: { dmKey: "one" } });
    await expect(
      createOrGetChat(field.app(), { participants: ["a", "c"], set: { dmKey: "one" } }),
    ).rejects.toThrow(/dmKey/);
    expect(await field.all("chats")).toHaveLength(1);
  });

  it("because of a value of one call is no matter of readiness, although chats lack another field", async () => {
    await using field = await fieldDatabase({
      model,
      indexes: [unique({ org: 1, code: 1 }, { sparse: true })],
    });
    const app = field.app();
    await ensureIndexes(app);
    await createOrGetChat(app, { participants: ["a", "b"], set: { code: "one" } });
    await expect(
      createOrGetChat(app, { participants: ["a", "c"], set: { code: "one" } }),
    ).rejects.toMatchObject({ code: 11_000 });
    await assertIndexes(app);
    expect(await createOrGetChat(app, { participants: ["a", "c"], set: { code: "two" } })).toMatchObject({
      created: true,
    });
  });

  it.each([
    ["an invitation code that no new chat has", unique({ inviteCode: 1 })],
    ["a code per organisation, of which new chats have neither", unique({ org: 1, inviteCode: 1 })],
    [
      "a slug, in an index of direct chats only",
      unique({ slug: 1 }, { partialFilterExpression: { isGroupChat: false } }),
    ],
  ])("each but the first makes readiness say so, and name it: %s", async (_name, index) => {
    await using field = await fieldDatabase({ model, indexes: [index] });
    const app = field.app();
    await ensureIndexes(app).catch(() => undefined);
    await createOrGetChat(app, { participants: ["a", "b"] }).catch(() => undefined);
    const second: unknown = await createOrGetChat(app, { participants: ["a", "c"] }).catch(
      (error: unknown) => error,
    );
    expect(second).toBeInstanceOf(Error);
    const readiness: unknown = await assertIndexes(app).catch((error: unknown) => error);
    expect(readiness).toBeInstanceOf(ChatError);
    const [field0 = ""] = Object.keys(index.key).slice(-1);
    expect(String(readiness)).toContain(field0);
  });

  it.each([
    ["sparse", unique({ inviteCode: 1 }, { sparse: true })],
    [
      "of a kind of chat that `where` does not make",
      unique({ slug: 1 }, { partialFilterExpression: { isGroupChat: true } }),
    ],
  ])("none, because it is %s, does not trouble readiness", async (_name, index) => {
    await using field = await fieldDatabase({ model, indexes: [index] });
    const app = field.app();
    await ensureIndexes(app);
    for (const other of ["b", "c", "d"]) await createOrGetChat(app, { participants: ["a", other] });
    await assertIndexes(app);
    expect(await field.all("chats")).toHaveLength(3);
  });
});

describe("an index of the key's field besides the right one", () => {
  it.each([
    ["hashed, as a shard key is", { participantsKey: "hashed" }],
    ["descending", { participantsKey: -1 }],
  ] as const)("is left where it is, and ours judges: %s", async (_name, key) => {
    await using field = await fieldDatabase({
      model,
      data: {
        chats: [1, 2].map((number) => ({ _id: id(number), users: ["a", "b"], isGroupChat: false })),
      },
      indexes: [{ collection: "chats", key }],
    });
    expect(await field.plan()).toMatchObject({ problems: "" });
    expect(await field.up()).toMatchObject({ exit: 0 });
    const app = field.app();
    await ensureIndexes(app);
    await assertIndexes(app);
    expect(await createOrGetChat(app, { participants: ["b", "a"] })).toMatchObject({ created: false });
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it.each([
    ["not unique", {}],
    ["partial", { unique: true, partialFilterExpression: { participantsKey: { $type: "string" } } }],
    ["hidden", { unique: true, sparse: true, hidden: true }],
  ])("in place of it is to be dropped, and ensureIndexes says so: %s", async (_flaw, options) => {
    await using field = await fieldDatabase({
      model,
      indexes: [
        { collection: "chats", key: { participantsKey: 1 }, options: { ...options, name: "theirs" } },
      ],
    });
    await expect(ensureIndexes(field.app())).rejects.toMatchObject({
      code: "INDEX_MISSING",
      message: expect.stringMatching(/theirs[^]*drop|drop[^]*theirs/),
    });
  });
});
