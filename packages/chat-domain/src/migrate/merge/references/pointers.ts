import { Long } from "mongodb";
import { nativeForms, type NativeId } from "../../../identity/native-id.ts";
import { participantIdOrNull } from "../../../identity/participant-id.ts";
import { formsOf, idMap, idText } from "../../../identity/stored-ids.ts";
import type { ReferenceModel } from "../../../model/merge-model.ts";
import { rootOf, type StoredDocument, valueAt } from "../../../model/stored-document.ts";
import type { MigrationContext } from "../../context/migration-context.ts";
import { type Merge, losersOf } from "../../context/migration-records.ts";
import { bsonType } from "../archive/exact-values.ts";

/** The value of a loser's by which something may refer to it, and the survivor's that takes its place. */
export interface Pointer {
  readonly merge: Merge;
  readonly from: NativeId;
  /** `null` where the survivor has none: then nothing can follow. */
  readonly to: NativeId | null;
}

/** By the ids, or by values of another field. Where both chats have the same one nothing has to follow. */
export async function pointersOf(
  ctx: MigrationContext,
  merges: readonly Merge[],
  { toField }: Pick<ReferenceModel, "toField">,
): Promise<readonly Pointer[]> {
  if (toField === "_id" || merges.length === 0)
    return merges.map((merge) => ({ merge, from: merge.loser, to: merge.survivor }));
  const values = await valuesOf(ctx, merges, toField);
  return merges.flatMap((merge) => {
    const [from, to] = [values.get(merge.loser), values.get(merge.survivor)];
    const text = participantIdOrNull(from);
    if (text === null || text === "" || text === participantIdOrNull(to)) return [];
    return [
      { merge, from: from as NativeId, to: participantIdOrNull(to) === null ? null : (to as NativeId) },
    ];
  });
}

/** What the chats hold in a field; of purged ones, what their redirects have kept. */
async function valuesOf(ctx: MigrationContext, merges: readonly Merge[], field: string) {
  const ids = merges.flatMap(({ loser, survivor }) => [loser, survivor]);
  const chats = await ctx.chats.find({ _id: { $in: ids } }, { projection: { [rootOf(field)]: 1 } }).toArray();
  const redirects = await ctx.redirects
    .find({ _id: { $in: losersOf(merges) }, "values.field": field })
    .toArray();
  return idMap([
    ...redirects.map((redirect) => [redirect._id, keptValue(redirect, field)] as const),
    ...chats.map((chat) => [chat._id, valueAt(chat, field)] as const),
  ]);
}

/** What a redirect holds beside the id: values of its loser's, and of its survivor's, by field. */
export interface RedirectedValue {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

function keptValue(redirect: StoredDocument, field: string): unknown {
  const values = redirect["values"] as readonly RedirectedValue[] | undefined;
  return values?.find((value) => value.field === field)?.from;
}

/** A value as it may be stored, and what it becomes. */
export interface Repointing {
  readonly from: NativeId;
  readonly to: NativeId;
}

/** Every form in which something may hold a pointer's value: an ObjectId also as its 24 hex digits. */
export function repointingsOf(
  { from, to }: Pick<Pointer, "from" | "to">,
  prefix: string,
): readonly Repointing[] {
  const target = to ?? from;
  if (prefix !== "") return [{ from: `${prefix}${textOf(from)}`, to: `${prefix}${textOf(target)}` }];
  return formsOf(from).map((form) => ({ from: form, to: likewise(form, from, target) }));
}

function textOf(id: NativeId): string {
  return participantIdOrNull(id) ?? String(id);
}

/** The survivor's value in the form in which the loser's is stored. */
function likewise(form: NativeId, from: NativeId, to: NativeId): NativeId {
  if (idText(form) === idText(from)) return to;
  if (typeof form === "string") return textOf(to);
  return nativeForms(textOf(to)).find((other) => typeOf(other) === typeOf(form)) ?? to;
}

/** An integer of 64 bits stays one: the driver reads it as a number, and would write that as another type. */
export function inTypeOf(stored: unknown, id: NativeId): NativeId {
  return typeof id === "number" && bsonType(stored) === "Long" ? Long.fromNumber(id) : id;
}

function typeOf(id: NativeId): unknown {
  return typeof id === "object" ? bsonType(id) : typeof id;
}
