import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { type FieldIndex, id } from "./field-database.ts";
import { databaseWith } from "./referred-chats.ts";

/** Several references of one collection, each with its own policy. */

interface Case {
  readonly name: string;
  readonly references: ChatModelInput["references"];
  readonly keys: readonly FieldIndex["key"][];
  readonly rows: readonly Document[];
  readonly becomes: readonly Document[];
}

const [one, two] = [1, 2].map((number) => String(id(number))) as [string, string];
const kinds = ["a", "b"].flatMap((kind, at) =>
  [1, 2].map((number) => ({ _id: 10 * at + number, c: id(number), kind, n: number, tags: [number] })),
);
const people = [
  { _id: 1, main: id(1), n: 1, q: 5, l: [1, 2].map((number) => ({ c: id(number), n: number, q: number })) },
  { _id: 2, main: id(2), n: 2, q: 7, l: [{ c: id(2), n: 3 }] },
];
const rows = { collection: "rows", onConflict: "fold" } as const;
const lists = { ...rows, field: "l.c", fold: { n: "max", q: "sum" } } as const;
const mains = { ...rows, field: "main", fold: { n: "sum" } } as const;
const maps = { ...rows, field: "m.$*", fold: "sum" } as const;
const mapped = [
  { _id: 1, main: id(1), n: 1, m: { [two]: 1, [one]: 2 } },
  { _id: 2, main: id(2), n: 2, m: { [two]: 10 } },
];

const cases: readonly Case[] = [
  {
    name: "two kinds of rows, each folded its own way",
    references: [
      { ...rows, field: "c", where: { kind: "a" }, fold: { n: "sum" } },
      { ...rows, field: "c", where: { kind: "b" }, fold: { n: "max", tags: "union" } },
    ],
    keys: [{ c: 1, kind: 1 }],
    rows: kinds,
    becomes: [
      { _id: 1, n: 3, tags: [1] },
      { _id: 11, n: 2, tags: [1, 2] },
    ],
  },
  {
    name: "rows of one kind that fold, and of another that do not",
    references: [
      { collection: "rows", field: "c", where: { kind: "a" }, onConflict: "keep-survivor" },
      { ...rows, field: "c", where: { kind: "b" }, fold: { n: "sum" } },
    ],
    keys: [{ c: 1, kind: 1 }],
    rows: kinds,
    becomes: [
      { _id: 1, n: 1 },
      { _id: 11, n: 3 },
    ],
  },
  {
    name: "a row that stands for others by two fields",
    references: [
      { ...rows, field: "c", fold: { n: "sum" } },
      { ...rows, field: "d", fold: { m: "sum" } },
    ],
    keys: [
      { c: 1, u: 1 },
      { d: 1, v: 1 },
    ],
    rows: [
      { _id: 1, c: id(1), d: id(1), u: 1, v: 1, n: 1, m: 1 },
      { _id: 2, c: id(2), d: 2, u: 1, v: 2, n: 10, m: 10 },
      { _id: 3, c: 3, d: id(2), u: 3, v: 1, n: 100, m: 100 },
    ],
    becomes: [{ _id: 1, n: 11, m: 101 }],
  },
  ...[
    [mains, lists],
    [lists, mains],
  ].map((references) => ({
    name: `rows and elements of arrays, ${String(references[0]?.field)} first`,
    references,
    keys: [{ main: 1, user: 1 }],
    rows: people,
    becomes: [{ _id: 1, n: 3, q: 5, l: [{ c: id(1), n: 2, q: 3 }] }],
  })),
  ...[
    [mains, maps],
    [maps, mains],
  ].map((references) => ({
    name: `rows and keys of maps, ${String(references[0]?.field)} first`,
    references,
    keys: [{ main: 1, user: 1 }],
    rows: mapped,
    becomes: [{ _id: 1, n: 3, m: { [one]: 3 } }],
  })),
];

describe("several references of one collection", () => {
  it.each(cases)("keep apart $name", async ({ references, keys, rows: stored, becomes }) => {
    const indexes = keys.map((key) => ({ collection: "rows", key, options: { unique: true } }));
    await using field = await databaseWith(references, { rows: stored }, { indexes });
    const before = await field.image("chats", "rows");
    for (const then of [() => field.verify(), () => field.purge()]) {
      expect(await field.plan()).toMatchObject({ exit: 0, problems: "" });
      expect(await field.up()).toMatchObject({ exit: 0 });
      expect(await then()).toMatchObject({ exit: 0 });
      expect(await field.all("rows")).toMatchObject(becomes);
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect(await field.image("chats", "rows")).toEqual(before);
    }
  });

  it("are refused where one row may stand for rows of both, and a field folds in two ways", async () => {
    const references = [
      { ...rows, field: "c", where: { kind: "a" }, fold: { n: "sum" } },
      { ...rows, field: "c", where: { kind: "b" }, fold: { n: "max" } },
    ] as const;
    const stored = [1, 2].map((number) => ({
      _id: number,
      c: id(number),
      kind: number === 1 ? "a" : "b",
      n: number,
    }));
    const indexes = [{ collection: "rows", key: { c: 1, user: 1 }, options: { unique: true } }] as const;
    await using field = await databaseWith([...references], { rows: stored }, { indexes });
    const before = await field.image("chats", "rows");
    expect(await field.up()).toMatchObject({
      exit: 3,
      text: expect.stringMatching(/fold n in two ways.*index c_1_user_1 lets one row stand for rows of both/),
    });
    expect(await field.image("chats", "rows")).toEqual(before);
  });
});
