import { testMongo } from "@onechat/mongo/testing";
import { describe, expect, it } from "vitest";
import { connect } from "../src/connect/index.ts";
import { createOrGetChat, listChats, participantsKey } from "../src/index.ts";
import { freshDatabase } from "./fresh-database.ts";
import { plain } from "./many-chats.ts";

describe("a hundred and fifty chats of 1.5 MB at once", () => {
  it("are served: as chats in time, and as whole documents one answer of the server after the other", async () => {
    await using chats = await freshDatabase({ deadlineMs: 60_000 });
    const people = Array.from({ length: 150 }, (_, index) => ["bob", `user-${index}`]);
    const history = Array.from({ length: 1_500 }, (_, index) => ({ index, text: "x".repeat(1_000) }));
    for (const participants of people)
      await plain(chats.chats).insertOne({
        participants,
        participantsKey: participantsKey(participants),
        history,
      });
    const { databaseName: database } = chats.db;
    await using small = connect({ uri: testMongo().uri, database, wholeDocuments: false });
    const shown = await Promise.all(people.map((participants) => createOrGetChat(small, { participants })));
    expect(shown.map(({ chat }) => "history" in chat.document)).toEqual(people.map(() => false));
    expect((await listChats(small, { participant: "bob", limit: 100 })).chats).toHaveLength(100);
    const answered: number[] = [];
    const whole = await Promise.all(
      people.map(async (participants) => {
        const { chat, created } = await createOrGetChat(chats, { participants });
        answered.push(performance.now());
        return [created, (chat.document["history"] as readonly unknown[]).length];
      }),
    );
    expect(whole).toEqual(people.map(() => [false, 1_500]));
    // The first of them did not wait for the last.
    expect(new Set(answered.map(Math.floor)).size).toBeGreaterThan(5);
  });
});

describe("twenty thousand calls in one tick", () => {
  it("cost half a second of the processor at most before the first is served; those accepted are answered", async () => {
    await using chats = await freshDatabase({ legacy: "none", deadlineMs: 60_000 });
    await createOrGetChat(chats, { participants: ["warm"] });
    const before = process.cpuUsage();
    const calls = Array.from({ length: 20_000 }, (_, index) =>
      createOrGetChat(chats, { participants: ["bob", `user-${index}`] }),
    );
    const { user, system } = process.cpuUsage(before);
    const outcomes = await Promise.allSettled(calls);
    const reasons = outcomes.flatMap((outcome) => ("reason" in outcome ? [outcome.reason as unknown] : []));
    expect(outcomes.length - reasons.length).toBe(5_000);
    expect(reasons).toEqual(reasons.map(() => expect.objectContaining({ code: "UNAVAILABLE" })));
    expect((user + system) / 1_000).toBeLessThanOrEqual(500);
  });
});
