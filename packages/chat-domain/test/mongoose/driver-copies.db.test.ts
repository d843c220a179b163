import { Types } from "mongoose";
import { describe, expect, it } from "vitest";
import {
  chatContext,
  chatIds,
  createOrGetChat,
  ensureIndexes,
  findChat,
  getChat,
  listChats,
  releaseChat,
} from "../../src/index.ts";
import { tutorialModel } from "./fresh-application.ts";
import { copies, expectMigrated, mongoose8 } from "./own-copies.ts";

const Types8 = mongoose8.Types;

describe.each(copies)("a Db of %s", (_, open) => {
  it("serves every verb, with ids of any copy, and answers with documents of its own", async () => {
    await using copy = await open();
    const model = {
      ...tutorialModel,
      chats: { ...tutorialModel.chats, where: { kind: new Types8.ObjectId("a".repeat(24)) } },
    };
    const ctx = chatContext(copy.db, { model });
    await expect(createOrGetChat(ctx, { participants: [new copy.ObjectId()] })).rejects.toMatchObject({
      code: "INDEX_MISSING",
    });
    await ensureIndexes(ctx);
    const [me, other] = [new Types8.ObjectId(), new Types.ObjectId()];
    const set = { madeBy: new Types8.ObjectId(), list: { seenBy: [new Types.ObjectId()] } };
    const racers = Array.from({ length: 20 }, () => createOrGetChat(ctx, { participants: [me, other], set }));
    const { chat } = await createOrGetChat(ctx, { participants: [String(other), String(me)] });
    expect(new Set((await Promise.all(racers)).map((raced) => raced.chat.id))).toEqual(new Set([chat.id]));
    expect(chat.participants).toEqual([String(me), String(other)].toSorted());
    for (const id of [chat.document._id, chat.document["madeBy"], chat.document["kind"]])
      expect(id).toBeInstanceOf(copy.ObjectId);
    for (const id of [chat.id, new Types8.ObjectId(chat.id), new Types.ObjectId(chat.id)])
      expect(await getChat(ctx, id)).toEqual(chat);
    expect(await findChat(ctx, { participants: [me, other] })).toEqual(chat);
    const others = [1, 2, 3].map(() => createOrGetChat(ctx, { participants: [me, new Types.ObjectId()] }));
    await Promise.all(others);
    const page = await listChats(ctx, { participant: me, limit: 2 });
    const rest = await listChats(ctx, { participant: me, after: page.next });
    expect([...page.chats, ...rest.chats].map(({ id }) => id)).toContain(chat.id);
    expect(rest.chats).toHaveLength(2);
    // What it has told can be stored again by the application's own driver.
    await copy.insert("copied", [
      chat.document,
      ...page.chats.map(({ document }) => ({ ...document, _id: new copy.ObjectId() })),
    ]);
    expect(await chatIds(ctx, await releaseChat(ctx, chat.id))).toEqual([chat.id]);
    expect(await findChat(ctx, { participants: [me, other] })).toBeNull();
  });

  it("hides a lost race for legacy chats", async () => {
    await using copy = await open();
    const ctx = chatContext(copy.db, { model: tutorialModel });
    await ensureIndexes(ctx);
    for (let round = 0; round < 3; round += 1) {
      const users = [new copy.ObjectId(), new copy.ObjectId()];
      await copy.insert(
        "chats",
        Array.from({ length: 3 }, () => ({ users, isGroupChat: false })),
      );
      const calls = Array.from({ length: 30 }, () => createOrGetChat(ctx, { participants: users }));
      expect(new Set((await Promise.all(calls)).map(({ chat }) => chat.id)).size).toBe(1);
    }
  });
});

describe("a Db of another major version", () => {
  it("is migrated, and back", async () => {
    const [[, open] = []] = copies;
    if (open === undefined) throw new Error("no copies");
    await using copy = await open();
    await expectMigrated(copy);
  });
});
