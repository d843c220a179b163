import { Binary, type Document, Int32, Long, ObjectId } from "mongodb";
import type { LegacyChatsConfig } from "./legacy-config.ts";

/** The people of a stored chat and its scope as JSON, `null` where they are no valid ids. */
export function chatSet(chats: LegacyChatsConfig, document: Document): string | null {
  const stored: unknown = document[chats.participants];
  if (!Array.isArray(stored) || stored.length === 0) return null;
  const ids = stored.map(idText);
  const scope = storedScope(chats, document);
  if (scope === null || !ids.every((id) => id !== null)) return null;
  return JSON.stringify({ scope, people: [...new Set(ids)].toSorted() });
}

function storedScope({ scope }: LegacyChatsConfig, document: Document): string | null {
  const stored: unknown = scope === null ? "" : (document[scope] ?? "");
  return stored === "" ? "" : idText(stored);
}

/** Written apart from the key's own rules on purpose: what compares before and after must not share their mistakes. */
function idText(value: unknown): string | null {
  if (typeof value === "string") return value !== "" && value.trim() === value ? value : null;
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : null;
  if (value instanceof Binary) return uuidText(value);
  return value instanceof ObjectId || value instanceof Long || value instanceof Int32
    ? value.toString()
    : null;
}

function uuidText(value: Binary): string | null {
  return value.sub_type === Binary.SUBTYPE_UUID ? value.toUUID().toHexString() : null;
}
