import { testMongo } from "@onechat/mongo/testing";
import { describe, expect, it } from "vitest";
import { type ChatConnection, connect } from "../src/connect/index.ts";
import { createOrGetChat, findChat, listChats, participantsKey } from "../src/index.ts";
import { freshDatabase } from "./fresh-database.ts";
import { plain } from "./many-chats.ts";

type Work = () => Promise<unknown>;

/** How many times as long one takes as the other: medians, taken in alternation. */
async function timesAsLong(work: Work, than: Work, turns = 9): Promise<number> {
  const own: number[] = [];
  const others: number[] = [];
  for (let turn = -2; turn < turns; turn += 1)
    for (const [measured, durations] of [[work, own] as const, [than, others] as const]) {
      const started = performance.now();
      await measured();
      if (turn >= 0) durations.push(performance.now() - started);
    }
  return median(own) / median(others);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function fill(chats: ChatConnection, count: number, chatOf: (index: number) => object): Promise<void> {
  for (let from = 0; from < count; from += 10_000)
    await plain(chats.chats).insertMany(Array.from({ length: 10_000 }, (_, index) => chatOf(from + index)));
}

describe("somebody with 60,000 chats", () => {
  it.each([true, false])("waits at most three times as long as for a list (keys: %s)", async (keyed) => {
    await using chats = await freshDatabase();
    const hubs = ["hub", "other"];
    await fill(chats, 120_000, (index) => ({
      participants: [hubs[index % 2], `user-${index}`],
      scope: `work-${index % 7}`,
      ...(keyed ? { participantsKey: `v1.${index}` } : {}),
    }));
    const list: Work = () => listChats(chats, { participant: "hub" });
    const cheap: Readonly<Record<string, Work>> = {
      "a foreign scope": () => listChats(chats, { participant: "hub", scope: "home" }),
      "no scope": () => listChats(chats, { participant: "hub", scope: "" }),
      "with oneself, found": () => findChat(chats, { participants: ["hub"] }),
      "with oneself, made": () => createOrGetChat(chats, { participants: ["hub"] }),
      "of two of them": () => findChat(chats, { participants: hubs }),
    };
    const slow: string[] = [];
    for (const [name, work] of Object.entries(cheap)) {
      const times = await timesAsLong(work, list);
      if (times > 3) slow.push(`${name}: ${times.toFixed(2)} times a list`);
    }
    expect(slow).toEqual([]);
  });
});

describe("fifty new groups of a hundred at once", () => {
  it("take at most three times as long while chats without a key may exist", async () => {
    await using claiming = await freshDatabase();
    await using sealed = await freshDatabase({ legacy: "none" });
    let run = 0;
    const groups = (chats: ChatConnection) => async () => {
      run += 1;
      const people = Array.from({ length: 50 }, (_, group) =>
        Array.from({ length: 100 }, (_person, person) => `p${run}-${group}-${person}`),
      );
      await Promise.all(people.map((participants) => createOrGetChat(chats, { participants })));
    };
    const times = await timesAsLong(groups(claiming), groups(sealed));
    expect(times).toBeLessThanOrEqual(3);
  });
});

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
