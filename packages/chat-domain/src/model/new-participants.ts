import type { Document } from "mongodb";
import { nativeId } from "../identity/native-id.ts";
import type { ChatIdentity } from "../identity/participants-key.ts";
import type { ChatModel } from "./chat-model.ts";
import { memberDocument, type MemberFields } from "./member-fields.ts";
import { ownerField, participantFields, participantsPath } from "./participants-place.ts";

/** Who is meant, and how a new chat is to hold them. */
export interface NamedPeople extends ChatIdentity {
  /** The ids in the order in which the caller has named them: so they are put into fields of their own. */
  readonly named: readonly string[];
  readonly member: MemberFields | null;
}

/** The fields of a new chat that say who is in it, in the model's form. */
export function newParticipants(model: ChatModel, request: NamedPeople): Document {
  const fields = participantFields(model);
  if (fields !== null) return inFields(model, fields, request);
  const { array = "", element = null } = participantsPath(model) ?? {};
  const members = request.ids.map((id, index) => {
    const native = nativeId(id, model.chats.participantType, `participants[${index}]`);
    return element === null ? native : memberDocument(element, native, request.member?.(id) ?? {});
  });
  return { [array]: members };
}

/** As the caller has named them, but the owner in the owner's field; one alone is in all of them. */
function inFields(model: ChatModel, fields: readonly string[], { named, scope }: NamedPeople): Document {
  const owner = ownerField(model);
  const [first = ""] = named;
  const rest =
    named.length === 1 ? fields.map(() => first) : named.filter((id) => owner === null || id !== scope);
  const others = fields.filter((field) => field !== owner);
  const personAt = (field: string): string => (field === owner ? scope : (rest[others.indexOf(field)] ?? ""));
  return Object.fromEntries(
    fields.map((field) => [field, nativeId(personAt(field), model.chats.participantType, field)]),
  );
}
