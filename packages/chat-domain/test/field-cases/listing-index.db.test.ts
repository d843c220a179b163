import { describe, expect, it } from "vitest";
import { type ChatModelInput, createOrGetChat, ensureIndexes, listChats } from "../../src/index.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

/** An index of ours changes nothing of what the old version's queries answer. */
const model: ChatModelInput = {
  chats: { participants: "users", scope: null },
  references: [{ collection: "messages", field: "chat" }],
};
const pairs = 12;
const peopleOf = (pair: number): readonly string[] => [`left-${pair}`, `right-${pair}`];

function doubleChats(participants = (pair: number): unknown => peopleOf(pair)) {
  return Array.from({ length: pairs * 2 }, (_, number) => ({
    _id: id(0x100 + number),
    users: participants(number % pairs),
  }));
}

/** What the old version opens for every pair: it asks for both people, and takes what comes first. */
async function openedByOldVersion({ db }: FieldDatabase, path = "users"): Promise<readonly string[]> {
  const opened: string[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const chat = await db.collection("chats").findOne({ [path]: { $all: [...peopleOf(pair)] } });
    opened.push(String(chat?._id));
  }
  return opened;
}

const oldest = Array.from({ length: pairs }, (_, pair) => String(id(0x100 + pair)));

describe("the listing index", () => {
  it.each([
    ["of ids", "users", (pair: number): unknown => peopleOf(pair)],
    [
      "of sub-documents",
      "users.id",
      (pair: number): unknown => peopleOf(pair).map((person) => ({ id: person })),
    ],
  ])(
    "%s leaves the old version's findOne at the oldest chat, and after the merge at the survivor",
    async (_name, path, people) => {
      await using field = await fieldDatabase({
        model: { ...model, chats: { ...model.chats, participants: path } },
        data: { chats: doubleChats(people), messages: [] },
      });
      expect(await openedByOldVersion(field, path)).toEqual(oldest);
      await field.up({ to: "index" });
      expect(await openedByOldVersion(field, path)).toEqual(oldest);
      await field.up();
      expect(await openedByOldVersion(field, path)).toEqual(oldest);
    },
  );

  it("of the new version leaves the old version's answers as they were", async () => {
    await using field = await fieldDatabase({ model, data: { chats: doubleChats() } });
    expect(await openedByOldVersion(field)).toEqual(oldest);
    await ensureIndexes(field.app());
    expect(await openedByOldVersion(field)).toEqual(oldest);
  });

  it("still lists the newest chats first, page by page", async () => {
    await using field = await fieldDatabase({ model });
    const app = field.app();
    await ensureIndexes(app);
    const made: string[] = [];
    for (const friend of ["a", "b", "c", "d", "e"]) {
      made.push((await createOrGetChat(app, { participants: ["me", friend] })).chat.id);
    }
    const first = await listChats(app, { participant: "me", limit: 3 });
    const second = await listChats(app, { participant: "me", limit: 3, after: first.next });
    const newestFirst = made.toSorted().toReversed();
    expect([...first.chats, ...second.chats].map((chat) => chat.id)).toEqual(newestFirst);
    const plan = await field.db
      .collection("chats")
      .find({ users: "me", mergedInto: null }, { sort: { _id: -1 } })
      .explain("queryPlanner");
    expect(JSON.stringify(plan)).not.toContain('"SORT"');
  });

  describe("of an earlier version, which ran the other way", () => {
    const earlier = {
      collection: "chats",
      key: { users: 1, _id: -1 },
      options: { name: "participants_listing" },
    } as const;
    const indexesOf = async ({ db }: FieldDatabase): Promise<readonly string[]> =>
      (await db.collection("chats").indexes()).map(({ key }) => JSON.stringify(key));

    it("is replaced by up", async () => {
      await using field = await fieldDatabase({
        model,
        data: { chats: doubleChats(), messages: [] },
        indexes: [earlier],
      });
      expect(await field.up({ to: "index" })).toMatchObject({ exit: 0 });
      const indexes = await indexesOf(field);
      expect(indexes).toContain('{"users":1,"_id":1}');
      expect(indexes).not.toContain('{"users":1,"_id":-1}');
      expect(await openedByOldVersion(field)).toEqual(oldest);
    });

    it("comes back by a rollback to none", async () => {
      await using field = await fieldDatabase({
        model,
        data: { chats: doubleChats(), messages: [] },
        indexes: [earlier],
      });
      const before = await field.image("chats");
      await field.up();
      expect(await indexesOf(field)).toContain('{"users":1,"_id":1}');
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect(await field.image("chats")).toEqual(before);
    });

    it("but of the application's own making is left alone", async () => {
      const theirs = { ...earlier, options: { name: "users_newest_first" } };
      await using field = await fieldDatabase({
        model,
        data: { chats: doubleChats(), messages: [] },
        indexes: [theirs],
      });
      await field.up({ to: "index" });
      const indexes = await indexesOf(field);
      expect(indexes).toContain('{"users":1,"_id":-1}');
      expect(indexes).toContain('{"users":1,"_id":1}');
    });
  });
});
