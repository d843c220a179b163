import type { LegacyChat, LegacyWorld } from "../legacy-chat.ts";
import type { LegacyDocument } from "../legacy-document.ts";

/** One room of four has a file; it knows its room in a sub-document. */
export function uploadDocuments(
  { ids }: LegacyWorld,
  rid: string,
  { draw }: LegacyChat,
): readonly LegacyDocument[] {
  if (!draw.chance(0.25)) return [];
  const index = ids.next("upload");
  return [
    {
      collection: "uploads",
      document: { _id: ids.text("upload", index), room: { rid }, name: `photo-${index}.jpg` },
    },
  ];
}

/** Every tenth room starts a folder, which has its rooms in an array: sometimes several of the same people. */
export function folderDocuments(
  { ids, plan }: LegacyWorld,
  rid: string,
  { draw, position, people }: LegacyChat,
): readonly LegacyDocument[] {
  if (position % 10 !== 0) return [];
  const length = draw.below(5);
  const others = Array.from({ length }, () => draw.below(plan.total));
  const rooms = [...others, ...plan.duplicatesOf(position, 3)].map((room) => ids.text("chat", room));
  return [
    {
      collection: "folders",
      document: {
        _id: ids.text("folder", ids.next("folder")),
        owner: ids.text("user", people[0] ?? 0),
        rids: [...new Set([rid, ...rooms])],
      },
    },
  ];
}
