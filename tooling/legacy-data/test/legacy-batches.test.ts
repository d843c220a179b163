import { BSON, type Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { chatSet } from "../src/chat-set.ts";
import { legacyBatches, legacyConfig, type LegacyDataOptions, LegacyShape } from "../src/index.ts";
import { legacySummary } from "../src/legacy-summary.ts";

const shapes = LegacyShape.options;

function collected(options: LegacyDataOptions): Record<string, Document[]> {
  const all: Record<string, Document[]> = {};
  for (const { collection, documents } of legacyBatches(options)) (all[collection] ??= []).push(...documents);
  return all;
}

function bytes(options: LegacyDataOptions): Buffer {
  const parts = Array.from(legacyBatches(options), ({ collection, documents }) =>
    Buffer.concat([Buffer.from(collection), ...documents.map((document) => BSON.serialize(document))]),
  );
  return Buffer.concat(parts);
}

/** Chats of the unique kind by their people, in the order of creation. */
function bySet(options: LegacyDataOptions): { sets: Map<string, number[]>; invalid: number } {
  const { chats } = legacyConfig(options.shape);
  const sets = new Map<string, number[]>();
  let invalid = 0;
  for (const [position, chat] of (collected(options)[chats.collection] ?? []).entries()) {
    if (!Object.entries(chats.where).every(([field, value]) => chat[field] === value)) continue;
    const set = chatSet(chats, BSON.deserialize(BSON.serialize(chat)));
    if (set === null) invalid += 1;
    else sets.set(set, [...(sets.get(set) ?? []), position]);
  }
  return { sets, invalid };
}

describe.each(shapes)("legacy data of %s", (shape) => {
  const options = { shape, seed: 7, chats: 600, duplicateShare: 0.2, brokenShare: 0.05 } as const;

  it("is the same bytes for the same options, and others for another seed", () => {
    const once = bytes(options);
    expect(bytes(options).equals(once)).toBe(true);
    expect(bytes({ ...options, seed: 8 }).equals(once)).toBe(false);
  });

  it("has the chats, sets, losers and groups of its summary", () => {
    const summary = legacySummary(options, {});
    const { sets, invalid } = bySet(options);
    const groups = [...sets.values()].filter(({ length }) => length > 1);
    expect(summary).toMatchObject({ chats: 600, losers: 120, namedGroups: 30, invalid: 15, odd: 15 });
    expect(summary.sets + summary.losers + summary.invalid).toBe(600);
    expect({ sets: sets.size, invalid, groups: groups.length }).toEqual({
      sets: summary.sets,
      invalid: summary.invalid,
      groups: summary.groups,
    });
    expect(groups.reduce((losers, { length }) => losers + length - 1, 0)).toBe(summary.losers);
  });

  it("has no id twice, and no person twice in a chat", () => {
    for (const documents of Object.values(collected(options))) {
      expect(new Set(documents.map(({ _id }) => String(_id))).size).toBe(documents.length);
    }
    const { members = [], subscriptions = [] } = collected(options);
    const rows = [
      ...members.map(({ chatId, userId }) => `${String(chatId)} ${String(userId)}`),
      ...subscriptions.map(({ rid, u }) => `${String(rid)} ${String(u._id)}`),
    ];
    expect(new Set(rows).size).toBe(rows.length);
  });

  it("spreads the chats of a set over the whole time", () => {
    const spreads = [...bySet(options).sets.values()]
      .filter(({ length }) => length > 1)
      .map((positions) => (positions.at(-1) ?? 0) - (positions[0] ?? 0));
    const average = spreads.reduce((sum, spread) => sum + spread, 0) / spreads.length;
    expect(average).toBeGreaterThan(600 / 4);
  });

  it("has small groups most of all, and none larger than asked for", () => {
    const sizes = [...bySet({ ...options, groupSize: [2, 12] }).sets.values()]
      .map(({ length }) => length)
      .filter((length) => length > 1);
    expect(sizes.filter((size) => size <= 3).length).toBeGreaterThan(sizes.length * 0.7);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(12);
  });

  it("yields batches of at most a thousand documents, each as soon as it is full", () => {
    const endless = legacyBatches({ shape, seed: 1, chats: 50_000_000, duplicateShare: 0.001 });
    for (let index = 0; index < 5; index += 1) {
      const { value } = endless.next();
      expect(value?.documents.length).toBe(1000);
    }
    endless.return();
  });

  it("stores numbers in several BSON types", () => {
    const raw = (collected(options)[legacyConfig(shape).chats.collection] ?? []).map((chat) =>
      BSON.deserialize(BSON.serialize(chat), { promoteValues: false }),
    );
    const field = { onechat: "messageCount", mern: "__v", rocketchat: "msgs" }[shape];
    expect(new Set(raw.map((chat) => chat[field]._bsontype as string))).toEqual(
      new Set(["Int32", "Double", "Long"]),
    );
  });
});
