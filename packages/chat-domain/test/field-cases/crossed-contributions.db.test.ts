import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { fieldDatabase, id } from "./field-database.ts";

/** What is each person's own lies in a field of its own, and a duplicate may have the same people in another order. */
const [ann, ben] = [id(0xa), id(0xb)];
const model: ChatModelInput = {
  chats: {
    participants: ["seller", "buyer"],
    perParticipant: [
      ["unread.seller", "unread.buyer"],
      ["noteOfSeller", "noteOfBuyer"],
    ],
    scope: null,
  },
  references: [{ collection: "messages", field: "chat" }],
  fold: { "unread.seller": "sum", "unread.buyer": "sum" },
};
const chat = (number: number, seller: unknown, buyer: unknown, more: Document): Document => ({
  _id: id(number),
  seller,
  buyer,
  ...more,
});

describe("a duplicate that stands crossed", () => {
  it("gives everybody what is theirs, in whatever form ids are stored, and takes it along when it goes back", async () => {
    const chats = [
      chat(1, ann, ben, { unread: { seller: 1, buyer: 2 }, noteOfSeller: "a", noteOfBuyer: "b" }),
      // Crossed, and with one id as text: it says the same of both.
      chat(2, String(ben), ann, { unread: { seller: 10, buyer: 20 }, noteOfSeller: "b", noteOfBuyer: "a" }),
      chat(3, ann, ben, { unread: { seller: 100 }, noteOfSeller: "a", noteOfBuyer: "b" }),
    ];
    await using field = await fieldDatabase({ model, data: { chats, messages: [] } });
    const before = await field.image("chats");
    expect(await field.plan()).toMatchObject({ exit: 0, warnings: expect.not.stringContaining("note") });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(1))).toMatchObject({ unread: { seller: 121, buyer: 12 } });
    // The old version goes on counting in the duplicate.
    await field.change("chats", id(2), { $inc: { "unread.seller": 3 } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(1))).toMatchObject({ unread: { seller: 121, buyer: 15 } });
    await field.change("chats", id(2), { $inc: { "unread.seller": -3 } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats")).toEqual(before);
  });

  it("gives the newest of each person by a time that is that person's own", async () => {
    const newest: ChatModelInput = {
      ...model,
      chats: {
        ...model.chats,
        participantType: "objectId",
        perParticipant: [
          ["last.seller", "last.buyer"],
          ["at.seller", "at.buyer"],
        ],
      },
      fold: {
        "last.seller": { newestBy: "at.seller" },
        "last.buyer": { newestBy: "at.buyer" },
        "at.seller": "max",
        "at.buyer": "max",
      },
    };
    const chats = [
      chat(1, ann, ben, { last: { seller: "ann 1", buyer: "ben 1" }, at: { seller: 1, buyer: 1 } }),
      chat(2, ben, ann, { last: { seller: "ben 2", buyer: "ann 2" }, at: { seller: 2, buyer: 0 } }),
    ];
    await using field = await fieldDatabase({ model: newest, data: { chats, messages: [] } });
    const before = await field.image("chats");
    expect(await field.up()).toMatchObject({ exit: 0 });
    const [both] = await field.all("chats");
    expect(both).toMatchObject({ last: { seller: "ann 1", buyer: "ben 2" }, at: { seller: 1, buyer: 2 } });
    await field.change("chats", id(2), { $set: { "last.buyer": "ann 3", "at.buyer": 3 } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect((await field.one("chats", id(1)))["last"]).toEqual({ seller: "ann 3", buyer: "ben 2" });
    await field.change("chats", id(2), { $set: { "last.buyer": "ann 2", "at.buyer": 0 } });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats")).toEqual(before);
  });

  it("is said to differ where it says something else of somebody, although the fields look alike", async () => {
    const chats = [
      chat(1, ann, ben, { noteOfSeller: "a", noteOfBuyer: "b" }),
      chat(2, ben, ann, { noteOfSeller: "a", noteOfBuyer: "b" }),
    ];
    await using field = await fieldDatabase({ model, data: { chats, messages: [] } });
    expect((await field.plan()).warnings).toMatch(/1 duplicate differs from its survivor in noteOfBuyer/);
  });
});
