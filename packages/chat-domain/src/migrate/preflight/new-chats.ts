import { type NativeIdType } from "../../identity/native-id.ts";
import { keyOf, sortedSet } from "../../identity/participants-key.ts";
import { ownerField } from "../../model/participants-place.ts";
import { unselectedAmong } from "../../store/new-chat-selection.ts";
import type { MigrationContext } from "../context/migration-context.ts";

/** Two people of every type that ids may have. */
const examples: Readonly<Record<NativeIdType, readonly [string, string]>> = {
  string: ["a", "b"],
  objectId: ["0".repeat(24), "1".repeat(24)],
  int: ["1", "2"],
  long: ["1", "2"],
  uuid: ["00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001"],
};

/** What `where` demands beside equalities is for the application to give to every new chat. */
export async function newChatWarnings({ chats, model }: MigrationContext): Promise<readonly string[]> {
  const ids = sortedSet(examples[model.chats.participantType]);
  const scope = ownerField(model) === null ? "" : (ids[0] ?? "");
  const pair = { ids, named: ids, member: null, scope, key: keyOf(ids, scope), set: {} };
  const unselected = await unselectedAmong(chats, { model, requests: [pair], maxTimeMS: 0 });
  if (unselected.size === 0) return [];
  return [
    '"where" would not select a new chat of two people: the new version refuses to make one unless createOrGetChat is told ' +
      "in set what it demands",
  ];
}
