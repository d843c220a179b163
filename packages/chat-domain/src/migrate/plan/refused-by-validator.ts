import type { Document } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import { keyOf } from "../../identity/participants-key.ts";
import { identityProjection } from "../../model/chat-document.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { invalidReason } from "../keys/chat-validity.ts";
import { type CollectionInfo, collectionInfos } from "../preflight/collections.ts";
import { mergeable } from "../preflight/duplicate-sets.ts";

export interface RefusedChats {
  readonly chats: number;
  /** The first of them. */
  readonly examples: readonly NativeId[];
}

const examplesShown = 5;

/** Chats whose collection's validator would refuse them with a key: the server itself is asked. `null` where there are none. */
export async function refusedByValidator(ctx: MigrationContext): Promise<RefusedChats | null> {
  const info = (await collectionInfos(ctx)).find(({ name }) => name === ctx.model.chats.collection);
  if (info === undefined || refusesNothing(info)) return null;
  const { validator, validationLevel } = info.options;
  const examples: NativeId[] = [];
  let all = 0;
  for await (const chat of refusedChats(ctx, validator as Document, validationLevel)) {
    // That is parked for its people, whatever the validator says.
    if (invalidReason(ctx.model, chat) !== null) continue;
    if (all < examplesShown) examples.push(chat._id);
    all += 1;
  }
  return all === 0 ? null : { chats: all, examples };
}

/** It lets everything pass, or only warns. */
export function refusesNothing({
  options: { validator = {}, validationLevel, validationAction },
}: CollectionInfo): boolean {
  const isEmpty = Object.keys(validator as object).length === 0;
  return isEmpty || validationAction === "warn" || validationLevel === "off";
}

/** What does not satisfy a moderate validator already is not asked to. */
function refusedChats({ chats, model }: MigrationContext, validator: Document, level: unknown) {
  const { keyField } = model.chats;
  return chats.aggregate<StoredDocument>(
    [
      { $match: { $and: [mergeable(model), { [keyField]: { $exists: false } }] } },
      { $sort: { _id: 1 } },
      ...(level === "moderate" ? [{ $match: validator }] : []),
      { $set: { [keyField]: keyOf(["a", "b"], "") } },
      { $match: { $nor: [validator] } },
      { $project: identityProjection(model) },
    ],
    { allowDiskUse: true, collation: { locale: "simple" } },
  );
}
