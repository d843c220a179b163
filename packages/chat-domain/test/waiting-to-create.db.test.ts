import { describe, expect, it } from "vitest";
import { createOrGetChat } from "../src/index.ts";
import { beforeEveryWrite } from "./before-every-write.ts";
import { freshDatabase } from "./fresh-database.ts";
import { all, pairs, plain } from "./many-chats.ts";
import { recordingObserver } from "./recording-observer.ts";

function closedGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe.each(["claim", "none"] as const)(
  "calls that wait for a chat to be created, with legacy: %s",
  (legacy) => {
    it("keeps nobody whose chat exists waiting for those whose chat is created", async () => {
      await using database = await freshDatabase({ legacy });
      await all(database, pairs(5, "old"));
      const gate = closedGate();
      const slow = beforeEveryWrite(database, () => gate.opened);
      const creating = all(slow, pairs(5, "new"));
      expect((await all(slow, pairs(5, "old"))).some(({ created }) => created)).toBe(false);
      gate.open();
      expect((await creating).every(({ created }) => created)).toBe(true);
    });

    it("keeps no pair waiting behind large groups, those under way and those in the queue", async () => {
      await using database = await freshDatabase({ legacy });
      const gate = closedGate();
      const ofLargeGroups = (documents: unknown): Promise<unknown> =>
        JSON.stringify(documents).includes("crowd") ? gate.opened : Promise.resolve();
      const slow = beforeEveryWrite(database, ofLargeGroups, { maxBatchSize: 100 });
      const crowds = Array.from({ length: 10 }, (_group, group) => ({
        participants: Array.from({ length: 50 }, (_person, person) => `crowd-${group}-${person}`),
      }));
      const groups = all(slow, crowds);
      // So many of them have two hundred people.
      await expect.poll(() => [slow.largeCreations.inFlight, slow.largeCreations.waiting]).toEqual([4, 6]);
      expect((await all(slow, pairs(5))).every(({ created }) => created)).toBe(true);
      const [again, ...others] = await Promise.all([
        all(slow, pairs(1)),
        all(slow, pairs(3, "more")),
        all(slow, pairs(3, "most")),
      ]);
      expect(again.map(({ created }) => created)).toEqual([false]);
      expect(others.flat().every(({ created }) => created)).toBe(true);
      expect(slow.largeCreations.waiting).toBe(6);
      gate.open();
      expect((await groups).every(({ created }) => created)).toBe(true);
    });

    it("turns away at the entrance, not half-way, when too many wait to create", async () => {
      await using database = await freshDatabase({ legacy });
      const gate = closedGate();
      const slow = beforeEveryWrite(database, () => gate.opened, { maxBatchSize: 5, maxPending: 10 });
      const accepted = all(slow, pairs(10, "early"));
      await expect.poll(() => slow.creations.waiting).toBe(5);
      const more = all(slow, pairs(5, "late"));
      await expect.poll(() => slow.creations.waiting).toBe(10);
      await expect(createOrGetChat(slow, { participants: ["one", "too many"] })).rejects.toMatchObject({
        code: "UNAVAILABLE",
      });
      gate.open();
      expect((await Promise.all([accepted, more])).flat().every(({ created }) => created)).toBe(true);
    });

    it("reads what is just being created, instead of racing its own process for it", async () => {
      const observer = recordingObserver();
      await using database = await freshDatabase({ legacy, observer });
      const gate = closedGate();
      const slow = beforeEveryWrite(database, () => gate.opened);
      const creating = all(slow, pairs(5));
      await expect.poll(() => slow.creations.inFlight).toBe(5);
      const later = all(slow, pairs(8));
      await expect.poll(() => slow.creations.waiting).toBe(3);
      gate.open();
      expect((await creating).map(({ created }) => created)).toEqual(Array(5).fill(true));
      expect((await later).map(({ created }) => created)).toEqual([
        ...Array(5).fill(false),
        true,
        true,
        true,
      ]);
      expect([observer.counted("created"), observer.counted("raced")]).toEqual([8, 0]);
    });

    it("writes nothing of those who waited while the index that judges was lost", async () => {
      await using database = await freshDatabase({ legacy });
      const gate = closedGate();
      const slow = beforeEveryWrite(database, () => gate.opened, { maxBatchSize: 5 });
      const first = pairs(5, "first").map((input) => createOrGetChat(slow, input));
      await expect.poll(() => slow.creations.inFlight).toBe(5);
      const queued = pairs(20, "queued").map((input) => createOrGetChat(slow, input));
      await expect.poll(() => slow.creations.waiting).toBe(20);
      await plain(database.chats).dropIndex("participantsKey_unique");
      gate.open();
      for (const outcome of await Promise.allSettled([...first, ...queued]))
        expect(outcome).toMatchObject({ status: "rejected", reason: { code: "INDEX_MISSING" } });
      expect(await database.chats.countDocuments()).toBe(5);
    });

    it("lets nobody have a chat of their own who waited alone while that index was lost", async () => {
      await using database = await freshDatabase({ legacy });
      await plain(database.chats).insertMany([{ participants: ["a", "b"] }, { participants: ["a", "b"] }]);
      const gates = [closedGate(), closedGate()];
      const waiting = gates.map((gate) => {
        const slow = beforeEveryWrite(database, () => gate.opened);
        const others = all(slow, pairs(2)).catch(() => null);
        return { slow, others, gate };
      });
      await expect.poll(() => waiting.map(({ slow }) => slow.creations.inFlight)).toEqual([2, 2]);
      const alone = waiting.map(({ slow }) =>
        Promise.allSettled([
          createOrGetChat(slow, { participants: ["a", "b"] }),
          createOrGetChat(slow, { participants: ["user-0", "bob"] }),
        ]),
      );
      await expect.poll(() => waiting.map(({ slow }) => slow.creations.waiting)).toEqual([1, 1]);
      await plain(database.chats).dropIndex("participantsKey_unique");
      for (const { gate, others } of waiting) {
        gate.open();
        await others;
      }
      for (const [outcome] of await Promise.all(alone))
        expect(outcome).toMatchObject({ status: "rejected", reason: { code: "INDEX_MISSING" } });
      const people = plain(database.chats).find({ participants: ["a", "b"] });
      expect((await people.toArray()).filter((chat) => "participantsKey" in chat)).toEqual([]);
    });
  },
);
