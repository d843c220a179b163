import type { ChatModel } from "./chat-model.ts";
import { type ParticipantsPath, arrayPath, dbRefOf } from "./field-path.ts";
import { rootsOf } from "./nested-fields.ts";

/** Where the participants' array is; `null` where each person has a field of their own. */
export function participantsPath({ chats: { participants } }: ChatModel): ParticipantsPath | null {
  return typeof participants === "string" ? arrayPath(participants) : null;
}

/** The fields that hold one person each; `null` where people are in an array. */
export function participantFields({ chats: { participants } }: ChatModel): readonly string[] | null {
  return typeof participants === "string" ? null : participants;
}

/** Every path at which a filter finds people. */
export function participantPaths({ chats: { participants } }: ChatModel): readonly string[] {
  return typeof participants === "string" ? [participants] : participants;
}

/** The people's field that holds the scope, where every chat belongs to one of its people; `null` in all other cases. */
export function ownerField(model: ChatModel): string | null {
  const { scope } = model.chats;
  return scope !== null && participantFields(model)?.includes(scope) === true ? scope : null;
}

/** The top-level fields that tell who a chat is of. */
export function identityRoots(model: ChatModel): readonly string[] {
  const { scope } = model.chats;
  return rootsOf([...participantPaths(model), ...(scope === null ? [] : [scope])]);
}

/** Whether so many different people can be put into the model's fields: one alone is in all of them. */
export function fitsFields(model: ChatModel, people: number): boolean {
  const fields = participantFields(model);
  return fields === null || people === 1 || people === fields.length;
}

/** Whether DBRefs name the people: an expression cannot look into one on servers before 5. */
export function isOfDbRefs(model: ChatModel): boolean {
  return participantPaths(model).some((path) => dbRefOf(path) !== null);
}
