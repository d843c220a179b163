import { describe, expect, it } from "vitest";
import {
  type ChatModelInput,
  createOrGetChat,
  type CreateOrGetChatInput,
  ensureIndexes,
} from "../../src/index.ts";
import { references } from "./direct-chats.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

/** A chat that `where` does not select would hold its people's key, and be handed out to nobody for ever. */
function databaseOf(where: Readonly<Record<string, unknown>>) {
  return fieldDatabase({
    model: { chats: { participants: "users", scope: null, where }, references },
    data: { chats: [{ _id: id(1), users: ["x", "y"], type: "dm", deletedAt: null }] },
  });
}

async function opened(field: FieldDatabase, set: Readonly<Record<string, unknown>>, ...people: string[]) {
  const app = field.app();
  const alone = createOrGetChat(app, { participants: people, set });
  const beside = createOrGetChat(app, { participants: [...people, "somebody else"], set });
  return Promise.allSettled([alone, beside]);
}

const made = { status: "fulfilled", value: expect.objectContaining({ created: true }) };
const found = { status: "fulfilled", value: expect.objectContaining({ created: false }) };
const refused = (error: object) => ({ status: "rejected", reason: expect.objectContaining(error) });
const byType = { type: { $in: ["dm", "direct"] } };

describe("a new chat that `where` would not select", () => {
  it.each([
    ["a list of kinds", byType, { name: "us" }],
    ["another value than is given", { deletedAt: null }, { deletedAt: new Date(0) }],
    ["one of several", { $or: [{ type: "dm" }, { type: "direct" }] }, { type: "group" }],
    ["an expression", { $expr: { $eq: ["$type", "dm"] } }, { type: "group" }],
    ["a pattern", { type: /^d/ }, { type: "group" }],
  ])("is refused before it is made: %s", async (_how, where, set) => {
    await using field = await databaseOf(where);
    await field.up();
    const error = refused({ name: "TypeError", message: expect.stringContaining("where") });
    expect(await opened(field, set, "a", "b")).toEqual([error, error]);
    expect(await field.all("chats")).toHaveLength(1);
  });

  it("is refused for its people where those decide, and each of a batch for itself", async () => {
    await using field = await databaseOf({ users: { $size: 2 } });
    await field.up();
    expect(await opened(field, {}, "a", "b")).toEqual([made, refused({ code: "INVALID_PARTICIPANTS" })]);
  });

  it("is made where set gives what is demanded, and one that there is already is found without", async () => {
    await using field = await databaseOf(byType);
    expect((await field.plan()).warnings).toContain('"where" would not select a new chat');
    await field.up();
    expect(await opened(field, { type: "direct" }, "a", "b")).toEqual([made, made]);
    expect(await createOrGetChat(field.app(), { participants: ["y", "x"] })).toMatchObject({
      created: false,
    });
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it("is no matter of null and absence, nor of fields that are equal to a value", async () => {
    await using field = await databaseOf({ deletedAt: null, isGroup: { $ne: true }, type: "dm" });
    expect((await field.plan()).warnings).not.toContain("a new chat");
    await field.up();
    expect(await opened(field, {}, "a", "b")).toEqual([made, made]);
  });
});

const pair = { participants: ["a", "b"] };
const badPeople = refused({ code: "INVALID_PARTICIPANTS" });
const badSet = refused({ name: "TypeError" });

describe("what `where` demands by an equality", () => {
  it.each<
    [
      how: string,
      chats: ChatModelInput["chats"],
      calls: readonly (readonly [call: CreateOrGetChatInput, outcome: object])[],
    ]
  >([
    [
      "of the scope, is for the caller to fulfil",
      { participants: "users", scope: "org", where: { org: "acme" } },
      [
        [{ ...pair, scope: "acme" }, made],
        [{ ...pair, scope: "other" }, badPeople],
        [pair, badPeople],
      ],
    ],
    [
      "of a person's field, is for the people to fulfil",
      { participants: ["asker", "helper"], scope: null, where: { helper: "desk" } },
      [
        [{ participants: ["a", "desk"] }, made],
        [{ participants: ["desk", "b"] }, badPeople],
        [pair, badPeople],
      ],
    ],
    [
      "of the list of people, is for the people to fulfil",
      { participants: "users", scope: null, where: { users: "desk" } },
      [
        [{ participants: ["a", "desk"] }, made],
        [pair, badPeople],
      ],
    ],
    [
      "inside the members, is for member to fulfil",
      { participants: "members.userId", scope: null, where: { "members.active": true } },
      [
        [{ ...pair, member: { active: true } }, made],
        [{ participants: ["a", "c"] }, badPeople],
        [{ participants: ["a", "d"], member: { active: false } }, badPeople],
      ],
    ],
    [
      "twice of one list, is for set to fulfil",
      { participants: "users", scope: null, where: { $and: [{ tags: "dm" }, { tags: "open" }] } },
      [
        [{ ...pair, set: { tags: ["open", "dm"] } }, made],
        [{ participants: ["a", "c"] }, badSet],
      ],
    ],
  ])("%s", async (_how, chats, calls) => {
    for (const legacy of ["claim", "none"] as const) {
      await using field = await fieldDatabase({ model: { chats } });
      const app = field.app({ legacy });
      await ensureIndexes(app);
      for (const [call, outcome] of calls) {
        const more = { ...call, participants: call.participants.map((one) => (one === "a" ? "z" : one)) };
        const [alone] = await Promise.allSettled([createOrGetChat(app, call)]);
        expect(alone).toEqual(outcome);
        const batch = await Promise.allSettled([call, more].map((one) => createOrGetChat(app, one)));
        const again = outcome === made ? found : outcome;
        expect(batch).toEqual([again, more.participants.includes("z") ? outcome : again]);
      }
      expect(await field.verify()).toMatchObject({ exit: 0 });
    }
  });

  it("of an _id, is for newId to fulfil", async () => {
    const where = { _id: { $regex: "^dm:" } };
    await using field = await fieldDatabase({
      model: { chats: { participants: "users", scope: null, idType: "string", where } },
    });
    const named = field.app({ newId: ({ participants }) => `dm:${participants.join("+")}` });
    await ensureIndexes(named);
    expect(await Promise.allSettled([createOrGetChat(named, pair)])).toEqual([made]);
    expect(await Promise.allSettled([createOrGetChat(named, pair)])).toEqual([found]);
    const unnamed = createOrGetChat(field.app(), { participants: ["a", "c"] });
    expect(await Promise.allSettled([unnamed])).toEqual([badSet]);
  });
});

it("plan asks what a new chat would be for as many people as there are fields", async () => {
  const people = { first: 1, second: 2, third: 3 };
  await using field = await fieldDatabase({
    model: {
      chats: {
        participants: ["first", "second", "third"],
        participantType: "int",
        scope: null,
        where: { open: { $ne: 1 } },
      },
    },
    data: { chats: [{ _id: id(1), ...people }] },
  });
  expect(await field.plan()).toMatchObject({ exit: 0, problems: "" });
});
