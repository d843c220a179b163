import { type NativeIdType } from "../../identity/native-id.ts";
import { keyOf, sortedSet } from "../../identity/participants-key.ts";
import { ownerField, participantFields } from "../../model/participants-place.ts";
import { unselectedAmong } from "../../store/new-chat-selection.ts";
import type { MigrationContext } from "../context/migration-context.ts";

/** People of every type that ids may have. */
const examples: Readonly<Record<NativeIdType, (digit: string) => string>> = {
  string: (digit) => digit,
  objectId: (digit) => digit.padStart(24, "0"),
  int: (digit) => digit,
  long: (digit) => digit,
  uuid: (digit) => `00000000-0000-4000-8000-${digit.padStart(12, "0")}`,
};

/** What `where` demands beside equalities is for the application to give to every new chat. */
export async function newChatWarnings({ chats, model }: MigrationContext): Promise<readonly string[]> {
  const people = participantFields(model) ?? ["one", "another"];
  const example = examples[model.chats.participantType];
  const ids = sortedSet(people.map((_, at) => example(String(at))));
  const scope = ownerField(model) === null ? "" : (ids[0] ?? "");
  const pair = { ids, named: ids, member: null, scope, key: keyOf(ids, scope), set: {} };
  const unselected = await unselectedAmong(chats, { model, requests: [pair], newId: null, maxTimeMS: 0 });
  if (unselected.size === 0) return [];
  return [
    `"where" would not select a new chat of ${ids.length} people: the new version refuses to make one unless createOrGetChat is told ` +
      "in set what it demands",
  ];
}
