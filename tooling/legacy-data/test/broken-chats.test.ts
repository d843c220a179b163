import { type Document, ObjectId } from "mongodb";
import { describe, expect, it } from "vitest";
import { legacyBatches, legacyConfig, type LegacyDataOptions, LegacyShape } from "../src/index.ts";
import { legacySummary } from "../src/legacy-summary.ts";

/** Which ways of being broken can be seen in one chat alone. */
function visibleKinds(participants: unknown, key: unknown): readonly string[] {
  return [...keyKinds(key), ...(Array.isArray(participants) ? listKinds(participants) : missing)];
}

const missing = ["participants-missing"];

function keyKinds(key: unknown): readonly string[] {
  return key === undefined ? [] : ["key-wrong"];
}

function listKinds(list: readonly unknown[]): readonly string[] {
  if (list.length === 0) return ["participants-empty"];
  if (list.includes(null)) return ["participants-null"];
  if (list.includes(Number.NaN)) return ["participants-nan"];
  if (list.some((id) => typeof id === "string" && id.trim() !== id)) return ["participants-padded"];
  if (new Set(list.map(String)).size < list.length) return ["participants-repeated"];
  const types = new Set(list.map((id) => (typeof id === "string" ? "string" : "bson")));
  return types.size > 1 ? ["participants-mixed-types"] : [];
}

function uniqueChats(options: LegacyDataOptions): readonly Document[] {
  const { collection, where } = legacyConfig(options.shape).chats;
  return Array.from(legacyBatches(options))
    .filter((batch) => batch.collection === collection)
    .flatMap(({ documents }) => documents)
    .filter((chat) => Object.entries(where).every(([field, value]) => chat[field] === value));
}

describe.each(LegacyShape.options)("broken chats of %s", (shape) => {
  const options = { shape, seed: 3, chats: 600, brokenShare: 0.2 } as const;
  const { participants } = legacyConfig(shape).chats;

  it("are as many of each kind as the summary says", () => {
    const counts: Record<string, number> = {};
    for (const chat of uniqueChats(options)) {
      for (const kind of visibleKinds(chat[participants], chat["participantsKey"]))
        counts[kind] = (counts[kind] ?? 0) + 1;
    }
    const { broken } = legacySummary(options, {});
    // A chat of one person whose id has the other type is not seen to be mixed.
    const alone = uniqueChats(options).filter((chat) => isOtherTypeAlone(chat[participants], shape)).length;
    if (alone > 0) counts["participants-mixed-types"] = (counts["participants-mixed-types"] ?? 0) + alone;
    expect(counts).toEqual(broken);
  });

  it("have a wrong key in the middle of the document, and sometimes the same one", () => {
    const keyed = uniqueChats(options).filter((chat) => "participantsKey" in chat);
    for (const chat of keyed) expect(Object.keys(chat).at(-1)).not.toBe("participantsKey");
    const wrong = keyed.flatMap(({ participantsKey: key }) => (typeof key === "string" ? [key] : []));
    expect(new Set(wrong).size).toBeLessThan(wrong.length);
  });
});

function isOtherTypeAlone(list: unknown, shape: LegacyShape): boolean {
  if (!Array.isArray(list) || list.length !== 1) return false;
  const [id] = list as readonly unknown[];
  if (shape === "mern") return typeof id === "string" && ObjectId.isValid(id);
  return typeof id === "object" && id !== null;
}

describe("shares that leave no survivor", () => {
  it("are refused", () => {
    const options = { shape: "mern", seed: 1, chats: 100, duplicateShare: 0.8, brokenShare: 0.9 } as const;
    expect(() => [...legacyBatches(options)]).toThrow("leave no chat to be a survivor");
  });
});
