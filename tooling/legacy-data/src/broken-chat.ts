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
  "key-null": asTheyAre,
  "key-wrong": asTheyAre,
  "key-old-version": asTheyAre,
};

/** One person in the other type. */
function inOtherForm({ ids, otherForms }: WrittenPeople): readonly unknown[] {
  const changed = otherForms.findIndex((form) => form !== undefined);
  return ids.map((id, index) => (index === changed ? otherForms[index] : id));
}

/** A key that somebody else wrote. */
export function keyField(written: WrittenPeople, broken: Broken | null): Document {
  const key = broken === null ? undefined : brokenKeys[broken.kind]?.(written, broken.nth);
  return key === undefined ? {} : { participantsKey: key };
}

const brokenKeys: Readonly<Partial<Record<BrokenKind, Break<string | null>>>> = {
  "key-null": () => null,
  "key-wrong": ({ texts }, nth) => ownAttempt(texts, nth),
  // It depended on the order of the people, so chats of the same ones mostly have different keys.
  "key-old-version": ({ texts }) => `v0.${createHash("sha256").update(texts.join()).digest("base64url")}`,
};

/** One of three is made of the ids; the two others share theirs although they are chats of different people. */
function ownAttempt(texts: readonly string[], nth: number): string {
  return nth % 3 === 0 ? texts.toSorted().join("_") : `dm_${Math.floor(nth / 3)}`;
}
