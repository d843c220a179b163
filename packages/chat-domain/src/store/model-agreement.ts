import { Binary, type Collection, type Db, type Document, type Filter } from "mongodb";
import { ChatError } from "../errors/chat-error.ts";
import { isServerError, type ServerError } from "../errors/mongo-errors.ts";
import { timeLimitCode } from "../errors/passing-errors.ts";
import type { NativeIdType } from "../identity/native-id.ts";
import { keyPrefix, keyVersion } from "../identity/participants-key.ts";
import type { ChatModel } from "../model/chat-model.ts";
import { participantPaths } from "../model/participants-place.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import { exactly, existingIndexes, keyIndexHint } from "./key-index.ts";
import { otherThanRecorded } from "./recorded-model.ts";
import { strictValidator } from "./strict-validator.ts";

/** Whether what is stored fits the model. Chats made after another one would be twins, or out of the application's sight. */
export interface ModelAgreement {
  /** What does not fit, or `null`. Once it was seen to fit, nobody looks again. */
  mismatch(): Promise<ChatError | null>;
  /**
   * Another unique index has refused a new chat because of a field that new chats do not have: it refuses every second
   * one, unless it holds one that the caller has given (`set`). Remembered, until that index is gone.
   */
  noteRefusal(error: ServerError, set: Readonly<Record<string, unknown>>): ChatError | null;
  /** What {@link noteRefusal} remembers. */
  refusal(): Promise<ChatError | null>;
}

export interface ModelledCollections {
  readonly db: Db;
  readonly chats: Collection<StoredDocument>;
  readonly model: ChatModel;
  readonly maxTimeMS: number;
}

export function modelAgreement({ db, chats, model, maxTimeMS }: ModelledCollections): ModelAgreement {
  let agreed: Promise<ChatError | null> | null = null;
  let refused: { readonly fields: string; readonly error: ChatError } | null = null;
  const look = async (): Promise<ChatError | null> => {
    const other = await otherThanRecorded(db, model, maxTimeMS);
    if (other !== null) return new ChatError("MODEL_MISMATCH", otherModelText(chats.namespace, other));
    return (await storedMismatch(chats, model, maxTimeMS)) ?? strictValidator(db, model, maxTimeMS);
  };
  return {
    async mismatch() {
      agreed ??= look();
      const found = await agreed.catch((error: unknown) => {
        agreed = null;
        throw error;
      });
      if (found !== null) agreed = null;
      return found;
    },
    noteRefusal(cause, set) {
      const values = Object.entries(indexedValues(cause));
      const fields = values.flatMap(([field, value]) => (value === null ? [field] : [])).join(", ");
      const isGiven = values.some(([field, value]) => value !== null && Object.hasOwn(set, field));
      if (fields === "" || isGiven) return null;
      const error = new ChatError("MODEL_MISMATCH", refusalText(chats.namespace, fields), { cause });
      refused = { fields: patternText(cause.keyPattern), error };
      return error;
    },
    async refusal() {
      if (refused === null) return null;
      const { fields } = refused;
      const indexes = await existingIndexes(chats);
      if (!indexes.some(({ key, unique }) => unique === true && patternText(key) === fields)) refused = null;
      return refused?.error ?? null;
    },
  };
}

/** Asks the whole collection, which needs no index. */
export async function foreignKeys(
  chats: Collection<StoredDocument>,
  model: ChatModel,
): Promise<ChatError | null> {
  const { keyField } = model.chats;
  // Of a list a filter looks at the elements.
  const foreign = [{ [keyField]: { $exists: true, $not: keyVersion } }, { [keyField]: { $type: "array" } }];
  const found = await chats.findOne({ $or: foreign }, { projection: { _id: 1 } });
  return found === null ? null : new ChatError("MODEL_MISMATCH", foreignKeysText(chats.namespace, model));
}

/** Whether no person of a chat that `where` selects is stored as the model says, although there are some. */
export async function foreignTypes(
  chats: Collection<StoredDocument>,
  model: ChatModel,
  maxTimeMS: number,
): Promise<ChatError | null> {
  if (!(await hasOnlyOtherTypes(chats, model, maxTimeMS))) return null;
  return new ChatError("MODEL_MISMATCH", otherTypesText(chats.namespace, model));
}

/** What is stored that the model does not fit, once there is an index to ask; two or three queries, each bounded by one. */
async function storedMismatch(
  chats: Collection<StoredDocument>,
  model: ChatModel,
  maxTimeMS: number,
): Promise<ChatError | null> {
  if (await holdsForeignKeys(chats, model, maxTimeMS))
    return new ChatError("MODEL_MISMATCH", foreignKeysText(chats.namespace, model));
  return foreignTypes(chats, model, maxTimeMS);
}

/** Of values of other types a sparse index knows as well: they lie below or above all text that begins like our keys. */
async function holdsForeignKeys(
  chats: Collection<StoredDocument>,
  model: ChatModel,
  maxTimeMS: number,
): Promise<boolean> {
  const { keyField } = model.chats;
  const [low, high] = [keyPrefix, `${keyPrefix.slice(0, -1)}/`];
  const options = {
    hint: keyIndexHint(model),
    collation: exactly,
    projection: { _id: 1 },
    maxTimeMS,
  } as const;
  const below = await chats.findOne({}, { ...options, max: { [keyField]: low } });
  return below !== null || (await chats.findOne({}, { ...options, min: { [keyField]: high } })) !== null;
}

async function hasOnlyOtherTypes(
  chats: Collection<StoredDocument>,
  model: ChatModel,
  maxTimeMS: number,
): Promise<boolean> {
  const { participantType, where } = model.chats;
  const has = async (stored: Document): Promise<boolean> => {
    const found = await chats.findOne(
      { $and: [peopleStored(model, stored), where] },
      { projection: { _id: 1 }, collation: exactly, maxTimeMS },
    );
    return found !== null;
  };
  try {
    const own = storedAs[participantType];
    // A chat of its own type that is made between the two questions is no answer to the second.
    return !(await has(own)) && (await has({ $type: Object.values(bsonTypes).flat(), $not: own }));
  } catch (error) {
    // Very many chats that `where` does not select: what cannot be asked in time keeps nobody from talking.
    if (isServerError(error) && error.code === timeLimitCode) return false;
    throw error;
  }
}

/** Chats with a person that is stored so. */
function peopleStored(model: ChatModel, stored: Document): Filter<StoredDocument> {
  const [only = "", ...others] = participantPaths(model);
  if (others.length === 0) return { [only]: stored };
  return { $or: participantPaths(model).map((path) => ({ [path]: stored })) };
}

const bsonTypes: Readonly<Record<NativeIdType, readonly string[]>> = {
  string: ["string"],
  objectId: ["objectId"],
  int: ["int", "double"],
  long: ["long", "double"],
  uuid: ["binData"],
};

/** What has no bits is no fraction. */
const isWhole = { $bitsAllClear: 0 } as const;
const [lowestUuid, highestUuid] = [0, 255].map(
  (byte) => new Binary(Buffer.alloc(16, byte), Binary.SUBTYPE_UUID),
);

/**
 * A double that is a whole number counts as an integer: it is what drivers of untyped languages store. Binaries are in order
 * of their length, then their subtype.
 */
const storedAs: Readonly<Record<NativeIdType, Document>> = {
  string: { $type: bsonTypes.string },
  objectId: { $type: bsonTypes.objectId },
  int: { $type: bsonTypes.int, ...isWhole },
  long: { $type: bsonTypes.long, ...isWhole },
  uuid: { $gte: lowestUuid, $lte: highestUuid },
};

/** Chats with a person that is stored as an id of another type; what is no id at all makes a chat invalid. */
export function peopleOfOtherTypes(model: ChatModel): Filter<StoredDocument> {
  const own = bsonTypes[model.chats.participantType];
  const others = Object.values(bsonTypes).flat();
  return peopleStored(model, { $type: others.filter((type) => !own.includes(type)) });
}

/** With a `where` that was forgotten, a group's chat would be handed out as that of its people. */
function otherModelText(namespace: string, parts: string): string {
  return (
    `the chats of ${namespace} were migrated with another model than this one: ${parts}; give this context the chats of ` +
    "the migrator's configuration, or run the migrator's up with this model"
  );
}

/** Also a problem of a migration's plan. */
function foreignKeysText(namespace: string, { chats: { keyField } }: ChatModel): string {
  return (
    `the field ${keyField} of ${namespace} holds values that are no keys of onechat's (null included), so it is the ` +
    'application\'s own: name another field for the key, such as "chats": { "keyField": "onechatKey" }'
  );
}

function otherTypesText(namespace: string, model: ChatModel): string {
  const { participantType } = model.chats;
  const type = participantType === "uuid" ? "uuid (a binary of subtype 4)" : participantType;
  return (
    `no chat of ${namespace} that "where" selects has a person stored as ${type} at ` +
    `${participantPaths(model).join(", ")}: set chats.participantType to the type that is stored, or the application will not find new chats`
  );
}

/** What the index would hold of the refused chat: `null` for a field that it does not have. */
function indexedValues({ keyValue }: ServerError): Readonly<Record<string, unknown>> {
  return typeof keyValue === "object" && keyValue !== null ? { ...keyValue } : {};
}

function patternText(pattern: unknown): string {
  return typeof pattern === "object" && pattern !== null ? Object.keys(pattern).join() : "";
}

function refusalText(namespace: string, fields: string): string {
  return (
    `a unique index of ${namespace} lets only one chat be without ${fields}, so it refuses every other new chat: make ` +
    "it sparse or partial, or give new chats a value (set)"
  );
}
