import { groupedById, idText } from "../../../identity/stored-ids.ts";
import type { NativeId } from "../../../identity/native-id.ts";
import { duplicateKeyCode } from "../../../errors/mongo-errors.ts";
import type { MovesRecord } from "../../context/migration-records.ts";
import type { Run } from "../../run/run.ts";
import { assertWritten, refusalReason, type WriteOutcome } from "../../run/write-outcome.ts";

/** A document that cannot go back to its chat, and stays with the survivor. */
export interface Stay extends Place {
  readonly reason: string;
}

/** A document, and what was recorded of its moves. */
export interface Place {
  readonly id: NativeId;
  readonly records: readonly MovesRecord[];
}

/** The records that name a document. */
export function placeOf(records: readonly MovesRecord[], { id }: Pick<Place, "id">): Place {
  const text = idText(id);
  return { id, records: records.filter(({ ids }) => ids.some((one) => idText(one) === text)) };
}

/** Looked for only where one is asked for. */
export function placesAmong(
  documents: readonly Pick<Place, "id">[],
  records: readonly MovesRecord[],
): (index: number) => Place | undefined {
  return (index) => {
    const document = documents[index];
    return document === undefined ? undefined : placeOf(records, document);
  };
}

/**
 * What a unique index has refused of statements; `placeAt` says what the so-many-th is about.
 *
 * @throws MigrationError `REFUSED` for any other refusal
 */
export function refusedStays(
  collection: string,
  { refusals }: Pick<WriteOutcome, "refusals">,
  placeAt: (index: number) => Place | undefined,
): readonly Stay[] {
  assertWritten(collection, { refusals: refusals.filter(({ code }) => code !== duplicateKeyCode) });
  return refusals.flatMap((refusal) => {
    const place = placeAt(refusal.index);
    return place === undefined ? [] : [{ ...place, reason: refusalReason(refusal) }];
  });
}

export function changingStays(places: readonly Place[]): readonly Stay[] {
  return places.map((place) => ({ ...place, reason: "it changes all the time" }));
}

/** Says what stays, of each collection how much, and why. */
export function tellStays({ ctx }: Run, stays: readonly Stay[]): void {
  const groups = new Map<string, Stay[]>();
  for (const stay of stays) {
    const why = `${collectionOf(stay)} ${stay.reason}`;
    groups.set(why, [...(groups.get(why) ?? []), stay]);
  }
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const count = groupedById(group, ({ id }) => id).length;
    const message =
      `${count} of the documents of ${collectionOf(first)}, such as ${String(first.id)}, cannot go back to the chats that they came ` +
      `from, and stay with the survivors: ${first.reason}. The next rollback brings them back, once nothing is in the way`;
    ctx.emit({ event: "note", message });
  }
}

function collectionOf({ records: [record] }: Stay): string {
  return record?._id.collection ?? "";
}
