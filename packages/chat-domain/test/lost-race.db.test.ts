import type { Collection } from "mongodb";
import { describe, expect, it } from "vitest";
import { type ChatContext, createOrGetChat, participantsKey } from "../src/index.ts";
import { beforeEveryWrite } from "./before-every-write.ts";
import { freshDatabase } from "./fresh-database.ts";
import { recordingObserver } from "./recording-observer.ts";

const pair = { participants: ["alice", "bob"] };
const winner = { participants: ["alice", "bob"], participantsKey: participantsKey(["alice", "bob"]) };

function insert(chats: ChatContext["chats"], document: object): Promise<unknown> {
  return (chats as unknown as Collection).insertOne({ ...document });
}

describe("a lost race", () => {
  it("is not an error: the winner's chat is read, and the event logged", async () => {
    const observer = recordingObserver();
    await using database = await freshDatabase({ observer });
    await insert(database.chats, { participants: ["alice", "bob"] });
    const chats = beforeEveryWrite(database, () => insert(database.chats, winner));

    const { chat, created } = await createOrGetChat(chats, pair);

    expect(created).toBe(false);
    expect(chat.participantsKey).toBe(winner.participantsKey);
    expect(observer.counted("raced")).toBe(1);
    expect(observer.events.map(({ level, message }) => `${level} ${message}`)).toEqual([
      "warn duplicate key during upsert",
      "debug retrieved existing chat after duplicate key",
    ]);
    expect(JSON.stringify(observer.events)).not.toMatch(/alice|bob/);
  });

  it("is tried again when the winner is gone, and given up after a bounded number of tries", async () => {
    const observer = recordingObserver();
    await using database = await freshDatabase({ observer });
    const duplicate = await duplicateKeyError(database);
    const chats = beforeEveryWrite(database, () => Promise.reject(duplicate));
    await expect(createOrGetChat(chats, pair)).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    expect([observer.counted("raced"), observer.counted("retried")]).toEqual([4, 3]);
  });

  it("ends with a chat when the winner is gone once", async () => {
    await using database = await freshDatabase();
    const duplicate = await duplicateKeyError(database);
    let failures = 1;
    const chats = beforeEveryWrite(database, async () => {
      failures -= 1;
      if (failures >= 0) throw duplicate;
    });
    expect(await createOrGetChat(chats, pair)).toMatchObject({ created: true });
  });
});

/** A real one, made by the server, of the key's own index. */
async function duplicateKeyError(database: ChatContext): Promise<unknown> {
  const document = { participants: ["x"], participantsKey: "v1.taken" };
  await insert(database.chats, document);
  try {
    await insert(database.chats, document);
  } catch (error) {
    await database.chats.deleteMany({});
    return error;
  }
  throw new Error("expected a duplicate key");
}
