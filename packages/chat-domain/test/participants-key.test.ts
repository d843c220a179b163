import { readFileSync } from "node:fs";
import fc from "fast-check";
import { Int32, Long, ObjectId, UUID } from "mongodb";
import { describe, expect, it } from "vitest";
import { ChatError, participantId, participantsKey } from "../src/index.ts";

interface Vectors {
  readonly accepted: readonly {
    readonly name: string;
    readonly participants: readonly unknown[];
    readonly scope: string;
    readonly ids: readonly string[];
    readonly key: string;
  }[];
  readonly refused: readonly {
    readonly name: string;
    readonly participants: readonly unknown[];
    readonly scope: unknown;
    readonly position: number | null;
  }[];
}

const vectorsFile = new URL("../participants-key.vectors.json", import.meta.url);
const vectors = JSON.parse(readFileSync(vectorsFile, "utf8"), bsonValue) as Vectors;

function bsonValue(_name: string, value: unknown): unknown {
  const [type, text] = Object.entries(value ?? {})[0] ?? [];
  if (typeof value !== "object" || typeof text !== "string") return value;
  if (type === "$oid") return new ObjectId(text);
  if (type === "$uuid") return new UUID(text);
  if (type === "$numberLong") return Long.fromString(text);
  if (type === "$numberInt") return new Int32(text);
  return type === "$date" ? new Date(text) : value;
}

/** Ids that look like anything a careless key would confuse: delimiters, quotes, the key's own prefix, accents. */
const trickyId = fc
  .oneof(
    fc.constantFrom(
      "a",
      "b",
      "a_b",
      "a:b",
      "a,b",
      'a","b',
      "v1.",
      "é",
      "e\u0301",
      "😀",
      "\ufffd",
      "null",
      "[]",
    ),
    fc.string({
      unit: fc.constantFrom(...("ab_-:|,.\"'\\[]{}é\u0301😀\ufffd".match(/./gu) ?? [])),
      minLength: 1,
    }),
    fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
  )
  .filter(isAccepted);
const people = fc.uniqueArray(trickyId, { minLength: 1, maxLength: 8 });
const anyScope = fc.oneof(fc.constant(""), trickyId);

function isAccepted(id: string): boolean {
  try {
    return participantId(id) === id;
  } catch {
    return false;
  }
}

function refusal(participants: readonly unknown[], inScope: unknown = ""): ChatError {
  try {
    participantsKey(participants, inScope);
  } catch (error) {
    if (error instanceof ChatError) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}

describe("participantsKey", () => {
  it.each(vectors.accepted)("agrees with the published vector: $name", ({ participants, scope, key }) => {
    expect(participantsKey(participants, scope)).toBe(key);
  });

  it("publishes vectors whose keys are equal exactly where their ids and scopes are", () => {
    const seen = new Map<string, string>();
    for (const { ids, scope, key } of vectors.accepted) {
      const identity = JSON.stringify([scope, ids]);
      expect(seen.get(key) ?? identity).toBe(identity);
      seen.set(key, identity);
    }
    expect(seen.size).toBe(new Set(seen.values()).size);
  });

  it.each(vectors.refused)("refuses with the position: $name", ({ participants, scope, position }) => {
    const error = refusal(participants, scope);
    expect(error.code).toBe("INVALID_PARTICIPANTS");
    expect(error.position).toBe(position);
  });

  it("is 46 characters of a versioned digest", () => {
    expect(participantsKey(["alice", "bob"])).toMatch(/^v1\.[A-Za-z0-9_-]{43}$/);
  });

  it("is equal if and only if scope and set are equal", () => {
    fc.assert(
      fc.property(people, people, anyScope, anyScope, (a, b, scopeOfA, scopeOfB) => {
        const equal = participantsKey(a, scopeOfA) === participantsKey(b, scopeOfB);
        expect(equal).toBe(scopeOfA === scopeOfB && sameSet(a, b));
      }),
      { numRuns: 2_000 },
    );
  });

  it("differs when one id is split, joined or moved into the scope", () => {
    fc.assert(
      fc.property(people, fc.constantFrom("_", ":", ",", '","', "|", "-"), (ids, delimiter) => {
        const joined = ids.join(delimiter);
        fc.pre(ids.length > 1 && isAccepted(joined));
        expect(participantsKey([joined])).not.toBe(participantsKey(ids));
        expect(participantsKey(ids.slice(1), ids[0])).not.toBe(participantsKey(ids));
      }),
    );
    expect(participantsKey(["a_b", "c"])).not.toBe(participantsKey(["a", "b_c"]));
  });

  it("does not depend on order or repetition, and leaves the caller's list alone", () => {
    fc.assert(
      fc.property(people, fc.infiniteStream(fc.nat()), (ids, random) => {
        const repeated = Object.freeze([...ids, ...ids].toSorted(() => ((random.next().value ?? 0) % 3) - 1));
        expect(participantsKey(repeated)).toBe(participantsKey(ids));
      }),
    );
  });

  it("takes the string form and the ObjectId form of one id for one participant", () => {
    const id = new ObjectId();
    expect(participantsKey([id, "bob"])).toBe(participantsKey(["bob", id.toHexString(), id]));
  });

  it("keeps precomposed and decomposed accents, and letter case, apart", () => {
    expect(participantsKey(["\u00e9"])).not.toBe(participantsKey(["e\u0301"]));
    expect(participantsKey(["Anna"])).not.toBe(participantsKey(["anna"]));
  });

  it("says what is wrong without repeating the value", () => {
    expect(refusal(["alice", " secret-person"]).message).toBe(
      "participants[1] has leading or trailing white space",
    );
    expect(refusal(["alice", Number.NaN]).message).toContain("participants[1] is NaN");
    expect(refusal(["alice", undefined]).message).toContain("participants[1] is of type undefined");
    expect(refusal([]).message).toBe("participants is empty; a chat has at least one");
  });

  it("refuses what only pretends to be a BSON value", () => {
    for (const fake of [
      { _bsontype: "ObjectId", id: "65f0c0ffee0123456789abcd" },
      { _bsontype: "Long", low: 1, high: 0 },
      { _bsontype: "UUID", sub_type: 4 },
      { _bsontype: "Decimal128" },
      {
        _bsontype: "ObjectId",
        toHexString: () => {
          throw new Error("not an id after all");
        },
      },
    ]) {
      expect(refusal([fake]).position).toBe(0);
    }
  });

  it("refuses something that is no list at all", () => {
    const notALists: unknown[] = ["alice", { length: 1, 0: "alice" }, null];
    for (const value of notALists) {
      expect(refusal(value as readonly unknown[]).message).toBe("participants is not an array");
    }
  });
});
