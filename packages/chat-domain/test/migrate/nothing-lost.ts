import type { Db } from "mongodb";
import { expect } from "vitest";
import { participantsKey } from "../../src/index.ts";
import type { Ledger } from "./ledger.ts";
import { peopleOf } from "./legacy-chats.ts";

/** One live chat for each set of people that anybody was ever shown, and every message that was acknowledged. */
export async function expectOneChatPerSet(db: Db, ledger: Ledger): Promise<void> {
  const stored = await db.collection("messages").distinct("_id");
  const there = new Set(stored.map(String));
  expect([...ledger.messages.keys()].filter((id) => !there.has(id))).toEqual([]);
  const live = await db
    .collection("chats")
    .find({ mergedInto: { $exists: false } })
    .toArray();
  const keys = live.map(({ participantsKey: key }) => String(key)).toSorted();
  const wanted = [...ledger.chats.keys()].map((set) => participantsKey(peopleOf(set))).toSorted();
  expect(keys).toEqual(wanted);
}

/** Every tag and mark that was acknowledged is in the survivor, but for those of chats that were deleted. */
export async function expectFoldedFields(db: Db, ledger: Ledger): Promise<void> {
  const live = await db
    .collection("chats")
    .find({ mergedInto: { $exists: false } })
    .toArray();
  const bySet = new Map(live.map((chat) => [String(chat["participantsKey"]), chat]));
  const survivorOf = (set: number): (typeof live)[number] | undefined =>
    bySet.get(participantsKey(peopleOf(set)));
  const kept = <T extends { readonly chat: string }>(
    entries: Iterable<[string, T]>,
  ): readonly [string, T][] => [...entries].filter(([, { chat }]) => !ledger.deleted.has(chat));
  const lostTags = kept(ledger.tags).filter(([tag, { set }]) => {
    const tags = survivorOf(set)?.["tags"] as readonly string[] | undefined;
    return tags?.includes(tag) !== true;
  });
  expect(lostTags).toEqual([]);
  const rows = await db.collection("members").find({}).toArray();
  const marks = new Set(
    rows.flatMap(({ chatId, userId, marks: some }) =>
      ((some ?? []) as readonly string[]).map((mark) => `${String(chatId)} ${String(userId)} ${mark}`),
    ),
  );
  const lostMarks = kept(ledger.marks).filter(
    ([mark, { set, userId }]) => !marks.has(`${String(survivorOf(set)?._id)} ${userId} ${mark}`),
  );
  expect(lostMarks).toEqual([]);
}
