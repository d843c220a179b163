import { describe, expect, it } from "vitest";
import { fieldDatabase, id } from "./field-database.ts";

describe("plan says which elements a union does not take", () => {
  const said = (n: number, _id: unknown = id(9)) => ({ _id, n });
  it.each([
    ["several with one key in a duplicate", [said(1)], [said(2), said(3, String(id(9))), said(4, 7)], true],
    ["none where each has its own, or none", [said(1)], [said(2), { n: 3 }, { n: 4 }, "text"], false],
    ["none of the survivor's, which all stay", [said(1), said(2)], [said(3)], false],
  ] as const)("%s", async (_name, mine, theirs, isSaid) => {
    await using field = await fieldDatabase({
      model: { chats: { participants: "users", scope: null }, fold: { log: { union: { by: "_id" } } } },
      data: { chats: [mine, theirs].map((log, at) => ({ _id: id(at), users: ["a", "b"], log })) },
    });
    const { exit, warnings } = await field.plan();
    expect([exit, warnings.includes("several elements in log with one _id")]).toEqual([0, isSaid]);
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });
});
