import { createHash } from "node:crypto";
import type { Document } from "mongodb";
import type { BrokenKind } from "./broken-kind.ts";
import type { Broken } from "./chat-plan.ts";

/** How the ids of a chat's people are written. */
export interface WrittenPeople {
  /** As the application stores them. */
  readonly ids: readonly unknown[];
  /** The same ids as text. */
  readonly texts: readonly string[];
  /** The same ids in another BSON type, where there is one. */
  readonly otherForms: readonly unknown[];
}

type Break<T> = (written: WrittenPeople, nth: number) => T;

/** The participants' field of a chat, with what is wrong with it: no field at all where they are missing. */
export function participantsField(field: string, written: WrittenPeople, broken: Broken | null): Document {
  const participants = broken === null ? written.ids : brokenIds[broken.kind](written, broken.nth);
  return participants === null ? {} : { [field]: participants };
}

const asTheyAre = ({ ids }: WrittenPeople): readonly unknown[] => ids;

const brokenIds: Readonly<Record<BrokenKind, Break<readonly unknown[] | null>>> = {
  "participants-missing": () => null,
  "participants-empty": () => [],
  "participants-null": ({ ids }) => [ids[0], null, ...ids.slice(1)],
  "participants-padded": ({ ids, texts }, nth) => [
    nth % 2 === 0 ? ` ${texts[0] ?? ""}` : "   ",
    ...ids.slice(1),
  ],
  "participants-nan": () => [Number.NaN],
  "participants-repeated": ({ ids }) => [...ids, ids[0]],
  "participants-mixed-types": inOtherForm,
  "key-wrong": asTheyAre,
};

/** One person in the other type. */
function inOtherForm({ ids, otherForms }: WrittenPeople): readonly unknown[] {
  const changed = otherForms.findIndex((form) => form !== undefined);
  return ids.map((id, index) => (index === changed ? otherForms[index] : id));
}

/** A key that is not its people's. */
export function keyField(written: WrittenPeople, broken: Broken | null): Document {
  const key = broken === null ? undefined : brokenKeys[broken.kind]?.(written, broken.nth);
  return key === undefined ? {} : { participantsKey: key };
}

const brokenKeys: Readonly<Partial<Record<BrokenKind, Break<string>>>> = {
  "key-wrong": ({ texts }, nth) => keyOfOthers(texts, nth),
};

/** As where people were exchanged. Two of three share theirs although they are chats of different people. */
function keyOfOthers(texts: readonly string[], nth: number): string {
  const others = nth % 3 === 0 ? texts.toSorted().join("_") : `others ${Math.floor(nth / 3)}`;
  return `v1.${createHash("sha256").update(others).digest("base64url")}`;
}
