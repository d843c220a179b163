import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createOrGetChat, findChat } from "../src/index.ts";
import { freshDatabase } from "./fresh-database.ts";
import { all, pairs, plain } from "./many-chats.ts";

describe("calls of one caller", () => {
  it("may all wait on one signal, and end with it, without a warning", async () => {
    await using database = await freshDatabase();
    const warnings: string[] = [];
    const onWarning = ({ name }: Error): void => void warnings.push(name);
    process.on("warning", onWarning);
    const leaving = new AbortController();
    const calls = pairs(50).map((input) => createOrGetChat(database, { ...input, signal: leaving.signal }));
    leaving.abort(new Error("gone"));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toEqual([]);
    const { signal } = new AbortController();
    for (const input of pairs(50)) await createOrGetChat(database, { ...input, signal });
    await nextTurn();
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
  });

  it("are refused before anything is done for them where too many wait; those accepted are answered", async () => {
    await using database = await freshDatabase({ maxPending: 50 });
    let read = 0;
    const participants = new Proxy(["a", "b"], {
      get(target, property) {
        read += 1;
        return Reflect.get(target, property) as unknown;
      },
    });
    const accepted = all(database, pairs(50));
    const refused = Array.from({ length: 1_000 }, () => createOrGetChat(database, { participants }));
    const outcomes = await Promise.allSettled(refused);
    expect(outcomes.map((outcome) => "reason" in outcome && outcome.reason)).toEqual(
      Array(1_000).fill(expect.objectContaining({ code: "UNAVAILABLE" })),
    );
    expect(read).toBe(0);
    expect((await accepted).every(({ created }) => created)).toBe(true);
  });
});

describe("a chat of ten thousand people", () => {
  it.each(["claim", "none"] as const)("is a chat like any other, with legacy: %s", async (legacy) => {
    await using database = await freshDatabase({ legacy, maxParticipants: 10_000, deadlineMs: 60_000 });
    const crowd = (name: string): readonly string[] =>
      Array.from({ length: 10_000 }, (_, index) => `${name}-${index}`);
    await plain(database.chats).insertOne({ participants: crowd("old") });
    const old = await createOrGetChat(database, { participants: crowd("old") });
    expect(old.created).toBe(legacy === "none");
    const inputs = ["a", "b"].map((name) => ({ participants: crowd(name) }));
    expect((await all(database, inputs)).map(({ created }) => created)).toEqual([true, true]);
    expect((await all(database, inputs)).map(({ created }) => created)).toEqual([false, false]);
    expect(await findChat(database, { participants: crowd("a").toReversed() })).not.toBeNull();
    await expect(
      createOrGetChat(database, { participants: [...crowd("a"), "one too many"] }),
    ).rejects.toMatchObject({ code: "INVALID_PARTICIPANTS", position: 10_000 });
  });
});
