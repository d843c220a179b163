import { type Document, Double, Long } from "mongodb";
import { describe, expect, it } from "vitest";
import type { StoredDocument } from "../../src/model/stored-document.ts";
import { duplicateSets } from "../../src/migrate/preflight/duplicate-sets.ts";
import { fieldDatabase } from "./field-database.ts";

const spaces = " \t\n\v\f\r\u00A0\u1680\u2000\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF".split("");
const controls = "\u0001\u001F\u007F\u0080\u009F".split("");
const invalid: readonly unknown[] = [
  ...spaces.flatMap((space) => [`${space}ann`, `ann${space}`]),
  ...controls.map((control) => `a${control}n`),
  "a\u0000n",
  "x".repeat(257),
  "ü".repeat(257),
  "😀".repeat(129),
  "an\n",
  new Double(2 ** 53),
  new Double(0.5),
];
const valid: readonly unknown[] = [
  "ann lee",
  "ann\u3000lee",
  "\u200Bann",
  "x".repeat(256),
  "ü".repeat(256),
  "😀".repeat(128),
  "dée😀",
  Long.fromString("9007199254740993"),
  new Double(7),
  -3,
];

/** Two chats of everybody who has such an id, two in every such scope, and one with every such `_id` beside another. */
function chatsOf(values: readonly unknown[]): readonly Document[] {
  return values.flatMap((value, at) => [
    ...["x", "y"].map((end) => ({ _id: `${at} of ${end}`, users: [value, "b"] })),
    ...["x", "y"].map((end) => ({ _id: `${at} in ${end}`, users: ["c"], scope: value })),
    ...[value, `${at} beside`].map((_id) => ({ _id, users: ["d", `${at}`] })),
  ]);
}

describe("duplicates that plan counts on the server", () => {
  it("are those that up merges, whatever the ids of people, scopes and chats are", async () => {
    await using field = await fieldDatabase({
      model: { chats: { participants: "users" } },
      data: { chats: [...chatsOf([...valid, ...invalid])] },
    });
    const { model } = field.migration;
    const sets = await field.db
      .collection<StoredDocument>("chats")
      .aggregate<{ readonly losers: readonly unknown[] }>(duplicateSets(model, 8), { promoteValues: false })
      .toArray();
    expect(await field.up()).toMatchObject({ exit: 6 });
    const merged = await field.all("chats", { mergedInto: { $exists: true } });
    const texts = (ids: readonly unknown[]): readonly string[] => ids.map(String).toSorted();
    expect(texts(sets.flatMap(({ losers }) => losers))).toEqual(
      texts(merged.map(({ _id }) => _id as unknown)),
    );
    expect(merged).toHaveLength(3 * valid.length);
  });
});
