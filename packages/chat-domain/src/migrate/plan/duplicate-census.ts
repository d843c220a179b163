import type { NativeId } from "../../identity/native-id.ts";

/** Chats of one set of people. */
export interface DuplicateGroup {
  /** The chat that would survive. */
  readonly survivor: NativeId;
  readonly chats: number;
}

export interface Census {
  readonly groups: number;
  readonly losers: number;
  readonly largest: readonly DuplicateGroup[];
  /** Which share of all keys was counted: 1 is exact. */
  readonly share: number;
}

/** Counts chats per key in memory that does not grow with their number. */
export interface DuplicateCensus {
  /** `holds`: the chat holds the key already, so it is the survivor whatever its age. */
  add(key: string, chat: NativeId, holds: boolean): void;
  result(largest: number): Census;
}

interface Entry {
  chats: number;
  survivor: NativeId;
}

/**
 * Keys are digests, so those that begin with so many zero bits are a fair sample of all: when too many have been seen,
 * one bit more is asked for and the others are forgotten. Exact as long as nothing is.
 */
export function duplicateCensus(mostKeys: number): DuplicateCensus {
  const entries = new Map<string, Entry>();
  let bits = 0;
  const sampled = (key: string): boolean => bits === 0 || leadingZeros(key) >= bits;
  return {
    add(key, chat, holds) {
      if (!sampled(key)) return;
      const entry = entries.get(key);
      if (entry === undefined) entries.set(key, { chats: 1, survivor: chat });
      else {
        entry.chats += 1;
        if (holds) entry.survivor = chat;
      }
      if (entries.size <= mostKeys) return;
      bits += 1;
      for (const known of entries.keys()) if (!sampled(known)) entries.delete(known);
    },
    result(largest) {
      const groups = [...entries.values()].filter(({ chats }) => chats > 1);
      const share = 1 / 2 ** bits;
      const losers = groups.reduce((sum, { chats }) => sum + chats - 1, 0);
      return {
        groups: Math.round(groups.length / share),
        losers: Math.round(losers / share),
        largest: groups.toSorted((a, b) => b.chats - a.chats).slice(0, largest),
        share,
      };
    },
  };
}

function leadingZeros(key: string): number {
  const digest = Buffer.from(key.slice(3, 11), "base64url").readUInt32BE(0);
  return Math.clz32(digest);
}
