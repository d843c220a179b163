import { hash } from "node:crypto";
import { ChatError } from "../errors/chat-error.ts";
import { participantIdAt, scopeId } from "./participant-id.ts";

/** Who is meant: canonical, checked, hashed. */
export interface ChatIdentity {
  readonly ids: readonly string[];
  readonly scope: string;
  readonly key: string;
}

/** How many different people one chat may have unless the context says otherwise. */
export const defaultMaxParticipants = 100;

/** How every key of the present version begins. */
export const keyPrefix = "v1.";
export const keyLength = keyPrefix.length + 43;
/** What a key of the present version looks like. */
export const keyVersion = /^v1\.[A-Za-z0-9_-]{43}$/;

/**
 * The key of a set of people within a scope: `"v1." + base64url(SHA-256(JSON.stringify([scope, ...ids])))`,
 * 46 characters. Order and repetition do not matter; the input is not changed.
 *
 * @param participants ids in any accepted form, see {@link participantId}; 1 to 100 different ones
 * @param scope part of the identity (tenant, project, listing …): same people, other scope, other chat
 * @throws ChatError `INVALID_PARTICIPANTS` with the position and the reason
 * @example
 * ```ts
 * import { participantsKey } from "@onechat/chat-domain";
 *
 * participantsKey(["bob", "alice"]) === participantsKey(["alice", "bob", "alice"]); // true
 * participantsKey(["alice", "bob"], "listing-7"); // another chat of the same people
 * ```
 */
export function participantsKey(participants: readonly unknown[], scope: unknown = ""): string {
  return keyOf(canonicalParticipants(participants, defaultMaxParticipants), scopeId(scope));
}

/** The key of ids that are already canonical, sorted and without repeats. */
export function keyOf(ids: readonly string[], scope: string): string {
  // A JSON array is injective: no id can hold a delimiter. A digest keeps ids of people out of errors and logs.
  const preimage = JSON.stringify([scope, ...ids]);
  return `${keyPrefix}${hash("sha256", preimage, "base64url")}`;
}

/**
 * Canonical ids without repeats, sorted by Unicode code point.
 *
 * @throws ChatError `INVALID_PARTICIPANTS` when one is not an id, none is given, or more than `max` differ
 */
export function canonicalParticipants(participants: readonly unknown[], max: number): readonly string[] {
  if (!Array.isArray(participants))
    throw new ChatError("INVALID_PARTICIPANTS", "participants is not an array");
  const ids = new Set<string>();
  for (let position = 0; position < participants.length; position += 1) {
    ids.add(participantIdAt(participants[position], position));
    if (ids.size > max) throw tooMany(max, position);
  }
  if (ids.size === 0)
    throw new ChatError("INVALID_PARTICIPANTS", "participants is empty; a chat has at least one");
  return sortedSet([...ids]);
}

/** Canonical ids in the order in which they are hashed and stored, each once. */
export function sortedSet(ids: readonly string[]): readonly string[] {
  // As a rule they are: onechat stores them so.
  return isSortedSet(ids) ? ids : [...new Set(ids)].toSorted(byCodePoint);
}

function isSortedSet(ids: readonly string[]): boolean {
  for (let index = 1; index < ids.length; index += 1) {
    if (byCodePoint(ids[index - 1] ?? "", ids[index] ?? "") >= 0) return false;
  }
  return true;
}

const surrogate = /[\ud800-\udfff]/;

function tooMany(max: number, position: number): ChatError {
  const message = `participants[${position}] is one too many; a chat has at most ${max} participants`;
  return new ChatError("INVALID_PARTICIPANTS", message, { position });
}

/** Code point order is UTF-8 byte order, so any language can sort alike; JavaScript's own order is not. */
function byCodePoint(a: string, b: string): number {
  // Where no text has a surrogate, they are the same.
  if (!surrogate.test(a) && !surrogate.test(b)) return a < b ? -1 : Number(a > b);
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = codePointRank(a.charCodeAt(index)) - codePointRank(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Moves surrogates (U+10000 and above) behind U+E000–U+FFFF, where UTF-16 puts them before. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
