import type { Collection, Db } from "mongodb";
import type { StoredDocument } from "../model/stored-document.ts";

/** `claim`: chats without a key may exist and are adopted; `none`: the collection is sealed, every chat has a key. */
export type LegacyPolicy = "claim" | "none";

/** Up to what timers and the server take: a 32-bit number. */
export function wholeNumber(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value < 2 ** 31) return value;
  throw new RangeError(`${name} is a whole number from 1 to ${2 ** 31 - 1}`);
}

/** An id that was answered must survive any crash: majority and journal on write, majority on the primary on read. */
export function guaranteedCollection(db: Db, name: string, deadlineMs: number): Collection<StoredDocument> {
  return db.collection(name, {
    writeConcern: { w: "majority", journal: true, wtimeoutMS: deadlineMs },
    readConcern: { level: "majority" },
    readPreference: "primary",
  });
}
