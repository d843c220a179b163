import type { CreateCollectionOptions } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { fieldDatabase, id } from "./field-database.ts";

/** What only the server can say of a configuration and of the application's own rules, it is asked before anything is written. */

const chats: ChatModelInput["chats"] = { participants: "users", scope: null };
const titled = { _id: id(1), users: ["a", "b"], title: "old" };
const untitled = { _id: id(2), users: ["c", "d"] };

describe("a validator under which chats would be parked", () => {
  const needsTitle = { $jsonSchema: { required: ["title"] } };

  it.each<readonly [string, CreateCollectionOptions, readonly unknown[]]>([
    ["by a filter that knows no key", { validator: { participantsKey: null } }, [id(1), id(2)]],
    ["by the number of fields", { validator: { $jsonSchema: { maxProperties: 3 } } }, [id(1)]],
    ["because they break it already", { validator: needsTitle }, [id(2)]],
    ["none, where old ones may", { validator: needsTitle, validationLevel: "moderate" }, []],
  ])("is told of by plan, and up does as it says: %s", async (_how, options, refused) => {
    await using field = await fieldDatabase({
      model: { chats },
      data: { chats: [titled, untitled] },
      collections: { chats: options },
    });
    const { plan } = await field.plan();
    expect(plan.invalid.flatMap(({ examples }) => examples)).toEqual(refused);
    const { exit, events } = await field.up();
    const parked = events.flatMap((event) => (event.event === "chat.parked" ? [event.chat] : []));
    expect([exit, parked]).toEqual([refused.length === 0 ? 0 : 6, refused]);
  });
});

describe("a recount", () => {
  const counting = (recount: object): ChatModelInput => ({
    chats,
    references: [{ collection: "messages", field: "chat" }],
    fold: { messages: { recount: { collection: "messages", field: "chat", ...recount } } },
  });
  const data = {
    chats: [1, 2].map((number) => ({ _id: id(number), users: ["a", "b"], messages: 1 })),
    messages: [1, 2].map((number) => ({ _id: id(number), chat: id(number) })),
  };

  it("of a collection that is not there is a problem, of a field that nobody has a warning", async () => {
    await using missing = await fieldDatabase({ model: counting({ collection: "mesages" }), data });
    expect(await missing.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("mesages") });
    await using nobody = await fieldDatabase({ model: counting({ field: "chatId" }), data });
    expect(await nobody.plan()).toMatchObject({ exit: 0, warnings: expect.stringContaining("chatId") });
    await using right = await fieldDatabase({ model: counting({}), data });
    expect((await right.plan()).warnings).not.toContain("recount");
  });

  it("by a filter that the server does not know is refused before anything is written", async () => {
    await using field = await fieldDatabase({ model: counting({ where: { $no: 1 } }), data });
    await expect(field.plan()).rejects.toMatchObject({ code: "PREFLIGHT_REFUSED" });
    expect(await field.up()).toMatchObject({ exit: 3, text: expect.stringContaining("$no") });
  });
});

describe("an index that is to be built", () => {
  const many = Array.from({ length: 63 }, (_, at) => ({ collection: "chats", key: { [`field${at}`]: 1 } }));

  it.each([
    [
      "whose name another one has",
      [{ collection: "chats", key: { title: 1 }, options: { name: "participantsKey_unique" } }],
    ],
    ["for which there is no room", many],
  ] as const)("is a problem before anything is written, as one %s", async (_how, indexes) => {
    await using field = await fieldDatabase({
      model: { chats },
      data: { chats: [titled, untitled] },
      indexes,
    });
    const before = await field.image("chats");
    expect(await field.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("chats") });
    expect(await field.up()).toMatchObject({ exit: 3 });
    expect(await field.image("chats")).toEqual(before);
  });
});
