import { BSON } from "mongodb";
import { nativeForms, type NativeId } from "../../identity/native-id.ts";
import { participantIdOrNull } from "../../identity/participant-id.ts";
import { formsOf, groupedById, idText } from "../../identity/stored-ids.ts";
import { identityProjection, recomputedKey } from "../../model/chat-document.ts";
import { mapOfKeys } from "../../model/field-path.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { rootOf, type StoredDocument, valueAt } from "../../model/stored-document.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import { heldValues } from "../merge/references/held-values.ts";
import { mergeable } from "./duplicate-sets.ts";
import type { PreflightReport } from "./findings.ts";
import { hasMergeable } from "./lost-content.ts";

/** A document that holds, in an array of documents or among the keys of a map, several chats that become one. */
export interface PartsInConflict {
  readonly id: NativeId;
  readonly bytes: Uint8Array;
  /** Of each set of people what stands there for its chats. */
  readonly groups: readonly (readonly NativeId[])[];
}

/** Maps that have keys of two chats that become one: no index would refuse that, so it has to be said what happens. */
export async function mapKeyConflicts(ctx: MigrationContext): Promise<PreflightReport> {
  const unruly = ctx.model.references.filter(
    ({ field, leave, onConflict }) =>
      mapOfKeys(field) !== null && leave === undefined && onConflict === undefined,
  );
  const problems: string[] = [];
  for (const reference of unruly.length > 0 && (await hasMergeable(ctx)) ? unruly : []) {
    for await (const { id } of partsInConflict(ctx, reference)) {
      problems.push(
        `${reference.collection}.${reference.field} has keys of chats that become one (such as in ${String(id)}): say ` +
          'which value stays, with "onConflict": "keep-survivor" or "fold"',
      );
      break;
    }
  }
  return { problems, warnings: [] };
}

const batch = 500;

/** One pass over the documents that have two such parts or more. */
export async function* partsInConflict(
  ctx: MigrationContext,
  reference: ReferenceModel,
): AsyncGenerator<PartsInConflict> {
  const { collection, field, where } = reference;
  const cursor = collectionOf(ctx, collection).find(
    { $and: [where, severalParts(field)] },
    { projection: { [rootOf(field)]: 1 }, batchSize: batch, raw: true },
  );
  let some: HoldingParts[] = [];
  for await (const raw of cursor) {
    const bytes = raw as unknown as Uint8Array;
    const { _id: id, ...document } = BSON.deserialize(bytes) as StoredDocument;
    const { kind, values } = heldValues({ _id: id, ...document }, field);
    if (kind === "inside" && values.length > 1) some.push({ id, bytes, values });
    if (some.length < batch) continue;
    yield* conflictsAmong(ctx, reference, some);
    some = [];
  }
  yield* conflictsAmong(ctx, reference, some);
}

function severalParts(field: string): object {
  const map = mapOfKeys(field);
  if (map !== null) return { [map]: { $type: "object" } };
  const names = field.split(".");
  const arrays = names.slice(1).map((_, at) => names.slice(0, at + 1).join("."));
  return { $or: arrays.map((array) => ({ [`${array}.1`]: { $exists: true } })) };
}

interface HoldingParts extends Omit<PartsInConflict, "groups"> {
  readonly values: readonly unknown[];
}

interface Standing {
  readonly chat: NativeId;
  readonly value: NativeId;
  readonly key: string;
}

async function* conflictsAmong(
  ctx: MigrationContext,
  reference: ReferenceModel,
  documents: readonly HoldingParts[],
): AsyncGenerator<PartsInConflict> {
  const chats = await chatsByValue(
    ctx,
    reference,
    documents.flatMap(({ values }) => values),
  );
  for (const { values, ...document } of documents) {
    const standing = values.flatMap((value): readonly Standing[] => {
      const found = chats.get(idText(value));
      return found === undefined ? [] : [{ ...found, value: value as NativeId }];
    });
    const groups = groupedById(standing, ({ key }) => key)
      .filter((group) => groupedById(group, ({ chat }) => chat).length > 1)
      .map((group) => group.map(({ value }) => value));
    if (groups.length > 0) yield { ...document, groups };
  }
}

/** Chats that may be merged, by every value that refers to them as this reference does. */
async function chatsByValue(
  { chats, model }: MigrationContext,
  { toField, prefix }: ReferenceModel,
  values: readonly unknown[],
): Promise<ReadonlyMap<string, Pick<Standing, "chat" | "key">>> {
  const texts = values.flatMap((value) => {
    const text = participantIdOrNull(value);
    return text?.startsWith(prefix) === true ? [text.slice(prefix.length)] : [];
  });
  const forms = [...new Set(texts)].flatMap((text) => [...nativeForms(text)]);
  const projection = { ...identityProjection(model), [rootOf(toField)]: 1 };
  const found = await chats
    .find({ $and: [{ [toField]: { $in: forms } }, mergeable(model)] }, { projection })
    .toArray();
  return new Map(
    found.flatMap((chat) => {
      const key = recomputedKey(model, chat);
      const value = valueAt(chat, toField) as NativeId;
      const text = participantIdOrNull(value);
      if (key === null || text === null) return [];
      const held = prefix === "" ? formsOf(value) : [`${prefix}${text}`];
      return held.map((form) => [idText(form), { chat: chat._id, key }] as const);
    }),
  );
}
