import { idText } from "./id-map.ts";
import { type NativeId, nativeForms } from "../../native-id.ts";
import { participantIdOrNull } from "../../participant-id.ts";

/** A field may hold a chat's id as it is, or as its text: an ObjectId as 24 hex digits. */
export type ScalarForm = "native" | "text";

/** Every value by which something may refer to this chat. */
export function formsOf(id: NativeId): readonly NativeId[] {
  const text = participantIdOrNull(id);
  return text === null ? [id] : [id, ...nativeForms(text).filter((form) => idText(form) !== idText(id))];
}

export function inForm(id: NativeId, form: ScalarForm): NativeId {
  return form === "native" ? id : (participantIdOrNull(id) ?? id);
}

/** The form of a value that refers to this chat. */
export function formOf(value: unknown, id: NativeId): ScalarForm {
  return typeof value === "string" && typeof id !== "string" ? "text" : "native";
}
