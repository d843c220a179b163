import { sampleOf } from "@onechat/testing";
import { ObjectId } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { migrateUp, rollBack } from "../../src/migrate/index.ts";
import { fieldDatabase, id } from "./field-database.ts";

const minute = 60_000;
/** All of them with `SAMPLE=1/1`. */
const elements = sampleOf(4, process.env).stride === 1 ? 100_000 : 30_000;
const model: ChatModelInput = {
  chats: { participants: "users", scope: null },
  fold: { messages: { union: { by: "_id", orderBy: "at" } }, unread: { eachKey: "sum" } },
};

/** Every other message is in the other chat. */
function messages(parity: number, count: number) {
  return Array.from({ length: count }, (_, index) => {
    const number = index * 2 + parity;
    return {
      _id: new ObjectId(number.toString(16).padStart(24, "0")),
      at: new Date(number),
      s: "a",
      t: "hi",
    };
  });
}

/** Milliseconds of this process's processor time, which no busy machine makes longer, for `up`, a sweep, and a rollback. */
async function took(count: number): Promise<readonly number[]> {
  await using field = await fieldDatabase({ model });
  for (const number of [0, 1]) {
    const unread = Object.fromEntries(Array.from({ length: count / 10 }, (_, user) => [`u${user}`, 1]));
    await field.insert("chats", {
      _id: id(number + 1),
      users: ["a", "b"],
      messages: messages(number, count / 2),
      unread,
    });
  }
  const before = await field.image("chats");
  const measured = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1_000;
  };
  const up = await measured(() => migrateUp(field.migration, {}));
  const survivor = await field.one("chats", id(1));
  expect((survivor["messages"] as { at: Date }[]).map(({ at }) => at.getTime())).toEqual(
    Array.from({ length: count }, (_, number) => number),
  );
  expect(survivor["unread"]).toMatchObject({ u0: 2 });
  await field.change("chats", id(2), { $set: { "messages.0.t": "edited" } });
  const sweep = await measured(() => migrateUp(field.migration, {}));
  expect((await field.one("chats", id(1)))["messages"]).toMatchObject({ 1: { t: "edited" } });
  await field.change("chats", id(2), { $set: { "messages.0.t": "hi" } });
  await migrateUp(field.migration, {});
  const back = await measured(() => rollBack(field.migration, { to: "none" }));
  expect(await field.image("chats")).toEqual(before);
  return [up, sweep, back];
}

describe("chats with very many elements", () => {
  it(
    "become one with work that grows with their number, and chats of their own again to the byte",
    async () => {
      await took(2_000);
      const [small, large] = [await took(elements / 10), await took(elements)];
      for (const [at, time] of large.entries()) expect(time).toBeLessThan((small[at] ?? 0) * 25);
    },
    10 * minute,
  );
});
