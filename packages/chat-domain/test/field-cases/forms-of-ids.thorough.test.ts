import { Double, Int32, Long, ObjectId, UUID } from "mongodb";
import { describe, expect, it } from "vitest";
import { fieldDatabase, id } from "./field-database.ts";
import { mergedAndBack } from "./referred-chats.ts";

/** One id in several forms, beside each other in one collection: all of them follow, and go back as what they were. */

const [uuid1, uuid2] = [1, 2].map((number) => new UUID(`00000000-0000-4000-8000-00000000000${number}`));
const text = String;
/** Chats with these ids, all of the same two people, and what refers to them. */
const idsOf = [
  { name: "integers", chats: [17, 18], forms: [18, Long.fromNumber(18), new Double(18), "18"] },
  { name: "texts that are integers", chats: ["17", "18"], forms: ["18", new Int32(18), new Double(18)] },
  { name: "texts that look like ObjectIds", chats: [text(id(1)), text(id(2))], forms: [text(id(2)), id(2)] },
  { name: "texts that look like UUIDs", chats: [text(uuid1), text(uuid2)], forms: [text(uuid2), uuid2] },
  { name: "ObjectIds", chats: [id(1), id(2)], forms: [id(2), text(id(2))] },
] as const;

function chatsWith(ids: readonly unknown[], field: string, held: readonly unknown[]) {
  return fieldDatabase({
    model: {
      chats: { participants: "users", scope: null },
      references: [{ collection: "rows", field }],
    },
    data: {
      chats: [...ids.map((_id) => ({ _id, users: ["a", "b"] })), { _id: new ObjectId(), users: ["x"] }],
      rows: held.map((one, number) => ({ _id: number, [field]: one })),
    },
  });
}

describe("chats whose ids are stored in several forms", () => {
  it.each(idsOf)("$name: fields that hold one", async ({ chats, forms }) => {
    await using field = await chatsWith(chats, "chat", forms);
    const rows = await mergedAndBack(field, "rows");
    expect(rows.map(({ chat }) => text(chat))).toEqual(forms.map(() => text(chats[0])));
  });

  it.each(idsOf)("$name: arrays, where the survivor is there in another form", async ({ chats, forms }) => {
    const survivors = forms.map((form) => (typeof form === "string" ? chats[0] : text(chats[0])));
    const held = [
      ...forms.map((form) => [form, "other"]),
      ...forms.map((form, at) => [survivors[at], form]),
      forms,
    ];
    await using field = await chatsWith(chats, "chats", held);
    const rows = await mergedAndBack(field, "rows");
    expect(rows.map((row) => (row["chats"] as unknown[]).map(text))).toEqual([
      ...forms.map(() => [text(chats[0]), "other"]),
      ...forms.map(() => [text(chats[0])]),
      [text(chats[0])],
    ]);
  });
});
