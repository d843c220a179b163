import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { fieldDatabase, id } from "./field-database.ts";

describe("what each person has for themselves, where chats have a field for each of their people", () => {
  const model: ChatModelInput = {
    chats: {
      participants: ["buyer", "seller"],
      scope: null,
      perParticipant: [
        ["unreadOfBuyer", "unreadOfSeller"],
        ["state.buyer", "state.seller"],
      ],
    },
    fold: {
      unreadOfBuyer: "sum",
      unreadOfSeller: "sum",
      "state.buyer": "max",
      "state.seller": "max",
    },
  };

  it("is contributed crosswise by a chat that stands crossed, and taken out again to the byte", async () => {
    await using field = await fieldDatabase({
      model,
      data: {
        chats: [
          {
            _id: id(1),
            buyer: "a",
            seller: "b",
            unreadOfBuyer: 1,
            unreadOfSeller: 10,
            state: { buyer: 1, seller: 5 },
          },
          {
            _id: id(2),
            buyer: "b",
            seller: "a",
            unreadOfBuyer: 20,
            unreadOfSeller: 2,
            state: { buyer: 9, seller: 3 },
          },
          { _id: id(3), buyer: "a", seller: "b", unreadOfBuyer: 4, unreadOfSeller: 40, state: { buyer: 2 } },
        ],
      },
    });
    const before = await field.image("chats");
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(1))).toMatchObject({
      unreadOfBuyer: 7,
      unreadOfSeller: 70,
      state: { buyer: 3, seller: 9 },
    });
    await field.change("chats", id(2), { $inc: { unreadOfBuyer: 100 } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(1))).toMatchObject({ unreadOfBuyer: 7, unreadOfSeller: 170 });
    await field.change("chats", id(2), { $inc: { unreadOfBuyer: -100 } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats")).toEqual(before);
  });
});
