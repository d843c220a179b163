import { Long, ObjectId, UUID } from "mongodb";
import type { LegacyWorld } from "../legacy-chat.ts";
import { hash32 } from "../random.ts";

const registered = new Date("2020-06-01T00:00:00Z");

/**
 * The id of a person, always text. People who may be alone with another have one that also exists in another BSON type;
 * those who only join others have ids of any kind, with delimiters, accents and characters beyond 16 bits.
 */
export function onechatPerson(world: LegacyWorld, person: number): string {
  return person < world.people.joinersFrom ? typedId(world, person) : opaqueId(person);
}

function typedId({ ids, options }: LegacyWorld, person: number): string {
  if (person % 4 === 2) return uuidText(options.seed, person);
  if (person % 4 === 3) return String(person % 8 === 3 ? 1000 + person : 9_007_199_254_000_000 + person);
  return ids.objectId("user", registered, person).toHexString();
}

function uuidText(seed: number, person: number): string {
  const digits = [person, hash32(seed, "uuid", 2 * person), hash32(seed, "uuid", 2 * person + 1)]
    .map((part) => part.toString(16).padStart(8, "0"))
    .join("");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(12, 15)}-a${digits.slice(15, 18)}-${digits.slice(12, 24)}`;
}

function opaqueId(person: number): string {
  switch (person % 4) {
    case 0:
      return `auth0|${person}`;
    case 1:
      return `ann_smith_${person}`;
    case 2:
      return `zoë.${person}@example.org`;
    default:
      return `😀${person}`;
  }
}

const uuidForm = /^[0-9a-f]{8}-/;

/** The same id in another BSON type; `undefined` where there is none. */
export function onechatOtherForm(text: string): unknown {
  if (/^[0-9a-f]{24}$/.test(text)) return new ObjectId(text);
  if (uuidForm.test(text)) return new UUID(text);
  return /^\d+$/.test(text) ? Long.fromString(text) : undefined;
}
