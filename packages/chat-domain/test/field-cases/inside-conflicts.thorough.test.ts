import { describe, expect, it } from "vitest";
import { databaseWith, mergedAndBack } from "./referred-chats.ts";
import { fieldDatabase, id } from "./field-database.ts";

const [one, two] = [1, 2].map((number) => String(id(number))) as [string, string];

describe("two elements of an array that become one", () => {
  it("are folded by field, and are two again after a rollback", async () => {
    const people = [
      {
        _id: "a",
        open: {
          chats: [
            { chat: id(2), unread: 2, muted: true },
            { chat: id(3), unread: 9 },
            { chat: id(1), unread: 1, color: "red" },
          ],
        },
      },
    ];
    await using field = await databaseWith(
      [{ collection: "people", field: "open.chats.chat", onConflict: "fold", fold: { unread: "max" } }],
      { people },
    );
    expect((await mergedAndBack(field, "people"))[0]?.["open"]).toEqual({
      chats: [
        { chat: id(3), unread: 9 },
        { chat: id(1), unread: 2, color: "red" },
      ],
    });
  });

  it("go back to whom they came from where the application has changed the array since", async () => {
    const people = [{ _id: "a", chats: [{ chat: id(2), pinned: true }, { chat: id(3) }] }];
    await using field = await databaseWith([{ collection: "people", field: "chats.chat" }], { people });
    await field.up();
    await field.change("people", "a", { $push: { chats: { chat: id(1), late: true } } });
    await field.rollback({ to: "none" });
    expect((await field.one("people", "a"))["chats"]).toEqual([
      { chat: id(2), pinned: true },
      { chat: id(3) },
      { chat: id(1), late: true },
    ]);
  });
});

describe("two keys of a map that become one", () => {
  it.each([
    ["keep-survivor keeps the survivor's", { onConflict: "keep-survivor" } as const, 1],
    ["a strategy folds", { onConflict: "fold", fold: "max" } as const, 2],
  ])("%s, and both are there again after a rollback", async (_name, policy, expected) => {
    const people = [{ _id: "a", lastRead: { [two]: 2, other: 5, [one]: 1 } }];
    await using field = await databaseWith([{ collection: "people", field: "lastRead.$*", ...policy }], {
      people,
    });
    expect((await mergedAndBack(field, "people"))[0]?.["lastRead"]).toEqual({ other: 5, [one]: expected });
  });

  it("set the duplicate aside, untouched, where nobody has said what becomes of the values", async () => {
    const people = [{ _id: "a", lastRead: { [one]: 1, [two]: 2 } }];
    await using field = await databaseWith([{ collection: "people", field: "lastRead.$*" }], { people });
    const before = await field.one("chats", id(2));
    const { exit } = await field.up();
    expect([3, 6]).toContain(exit);
    expect(await field.one("chats", id(2))).toEqual(before);
    expect(await field.all("people")).toEqual(people);
  });
});

describe("what two duplicates have, and their survivor has not", () => {
  const three = [1, 2, 3].map((number) => ({ _id: id(number), users: ["a", "b"] }));
  const last = String(id(3));
  const policies = [{ onConflict: "keep-survivor" }, { onConflict: "fold", fold: { n: "sum" } }] as const;
  const shapes = [
    [
      "elements",
      "list.chat",
      {
        list: [
          { chat: id(3), n: 30 },
          { chat: id(2), n: 20 },
        ],
      },
      "list.0.n",
    ],
    ["keys", "map.$*", { map: { [last]: { n: 30 }, [two]: { n: 20 } } }, `map.${one}.n`],
  ] as const;
  const cases = shapes.flatMap(([what, field, person, path]) =>
    policies.map((policy) => ({ what, field, person, path, policy, how: policy.onConflict })),
  );

  it.each(cases)("becomes one and is two again: $what, $how", async ({ field: path, person, policy }) => {
    const references = [{ collection: "people", field: path, ...policy }];
    const people = [{ _id: "a", ...person }];
    await using field = await fieldDatabase({
      model: { chats: { participants: "users", scope: null }, references },
      data: { chats: three, people },
    });
    const [{ list = [], map = {} } = {}] = await mergedAndBack(field, "people");
    expect([...(list as object[]), ...Object.values(map as object)]).toHaveLength(1);
  });

  it.each(cases)(
    "loses nothing of what the application has added since: $what, $how",
    async ({ field: referring, person, path, policy }) => {
      const references = [{ collection: "people", field: referring, ...policy }];
      await using field = await fieldDatabase({
        model: { chats: { participants: "users", scope: null }, references },
        data: { chats: three, people: [{ _id: "a", ...person }] },
      });
      await field.up();
      await field.change("people", "a", { $inc: { [path]: 1 } });
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      const { list = [], map = {} } = await field.one("people", "a");
      const numbers = [...(list as { n: number }[]), ...Object.values(map as Record<string, { n: number }>)];
      expect(numbers.map(({ n }) => n).reduce((sum, n) => sum + n)).toBe(51);
    },
  );
});
