import type { Document } from "mongodb";
import { ChatError } from "../errors/chat-error.ts";
import { isDuplicateKey, isServerError } from "../errors/mongo-errors.ts";
import type { ChatStore } from "./chat-store.ts";
import { assertWritable } from "./collection-access.ts";
import { asCallerErrors, withDeadline } from "./deadline.ts";
import { type ChatIndex, chatIndexes, existingIndexes, helpfulIndexes, indexFlawText } from "./key-index.ts";
import { foreignKeys } from "./model-agreement.ts";

/**
 * Builds the indexes that are missing; those that exist are left alone. While chats without a key may exist
 * (`legacy: "claim"`), one more is built, by which those of one person alone and of two are found.
 *
 * @throws ChatError `INDEX_MISSING` when an index of the same fields exists with other options, or chats hold the same
 *   key; `MODEL_MISMATCH`; `UNAVAILABLE`
 * @example
 * ```ts
 * import { type ChatContext, ensureIndexes } from "@onechat/chat-domain";
 *
 * export async function prepareNewDatabase(chats: ChatContext): Promise<void> {
 *   await ensureIndexes(chats);
 * }
 * ```
 */
export async function ensureIndexes(ctx: ChatStore): Promise<void> {
  // No deadline: on a large collection a build takes as long as it takes.
  await asCallerErrors(ctx, () => buildMissing(ctx));
  await assertIndexes(ctx);
}

/**
 * Builds the indexes of a collection that is empty or absent, where that takes no time and can meet no duplicates;
 * on any other it only asserts, because building an index on a large collection is a decision of its operator.
 *
 * @throws ChatError `INDEX_MISSING`, `MODEL_MISMATCH`, `UNAVAILABLE`
 * @example
 * ```ts
 * import { type ChatContext, ensureIndexesIfEmpty } from "@onechat/chat-domain";
 *
 * export async function start(chats: ChatContext): Promise<void> {
 *   await ensureIndexesIfEmpty(chats);
 * }
 * ```
 */
export async function ensureIndexesIfEmpty(ctx: ChatStore): Promise<void> {
  const anyChat = await withDeadline(ctx, () => ctx.chats.findOne({}, { projection: { _id: 1 } }));
  await (anyChat === null ? ensureIndexes(ctx) : assertIndexes(ctx));
}

/**
 * Proves that the database can decide the race: one index on exactly the key, unique, sparse, not partial, not
 * hidden and without a collation, in a collection that can be written.
 *
 * @throws ChatError `INDEX_MISSING` and `MODEL_MISMATCH` with what is wrong and what mends it, `UNAVAILABLE`
 * @example
 * ```ts
 * import { assertIndexes, type ChatContext, ChatError } from "@onechat/chat-domain";
 *
 * export async function readiness(chats: ChatContext): Promise<string> {
 *   try {
 *     await assertIndexes(chats);
 *     return "ready";
 *   } catch (error) {
 *     return error instanceof ChatError ? `not ready: ${error.code}` : "not ready";
 *   }
 * }
 * ```
 */
export async function assertIndexes(ctx: ChatStore): Promise<void> {
  await withDeadline(ctx, async () => {
    await Promise.all([ctx.keyIndex.recheck(), assertWritable(ctx.chats, ctx.deadlineMs)]);
    const mismatch = (await ctx.modelAgreement.mismatch()) ?? (await ctx.modelAgreement.refusal());
    if (mismatch !== null) throw mismatch;
  });
}

async function buildMissing(ctx: ChatStore): Promise<void> {
  const existing = await existingIndexes(ctx.chats);
  const isMissing = ({ key }: ChatIndex): boolean => !existing.some((other) => sameKey(other.key, key));
  const missing = chatIndexes(ctx.model).filter(isMissing);
  if (missing.some(({ options }) => options.unique === true)) {
    const mismatch = await foreignKeys(ctx.chats, ctx.model);
    if (mismatch !== null) throw mismatch;
  }
  for (const { key, options } of missing) await build(ctx, { key, options });
  for (const index of helpfulIndexes(ctx.model).filter(isMissing)) {
    const isNeeded = ctx.legacy === "claim" || index.options.partialFilterExpression === undefined;
    if (isNeeded) await buildIfPossible(ctx, index);
  }
}

/** Another index has the name. */
const nameTaken = 86;
/** A collection has at most 64 indexes. */
const noRoom = 67;
/** Lists in a list, and fields named by numbers, the server does not index by position. */
const notBuildable: ReadonlySet<number> = new Set([171, 16_746, nameTaken, noRoom]);

async function buildIfPossible(ctx: ChatStore, { key, options }: ChatIndex): Promise<void> {
  try {
    await ctx.chats.createIndex({ ...key }, { ...options });
  } catch (error) {
    if (!isServerError(error) || !notBuildable.has(error.code)) throw error;
    const fields = Object.keys(key).join(", ");
    ctx.observer.log("warn", "an index that only saves time cannot be built", { fields, code: error.code });
  }
}

async function build(ctx: ChatStore, { key, options }: ChatIndex): Promise<void> {
  try {
    await ctx.chats.createIndex({ ...key }, { ...options });
  } catch (error) {
    if (isServerError(error) && error.code === nameTaken) throw nameTakenError(ctx, { key, options }, error);
    if (isServerError(error) && error.code === noRoom)
      throw new ChatError("INDEX_MISSING", noRoomText(ctx, { key, options }), { cause: error });
    if (!isDuplicateKey(error)) throw error;
    const text = indexFlawText(
      ctx.chats,
      ctx.model.chats.keyField,
      "cannot be built: chats hold the same key",
    );
    throw new ChatError("INDEX_MISSING", `${text}, which makes duplicates of all but one of them`, {
      cause: error,
    });
  }
}

function noRoomText({ chats }: ChatStore, { key }: ChatIndex): string {
  return `the index ${JSON.stringify(key)} of ${chats.namespace} cannot be built: a collection has room for 64 indexes; drop one that nothing needs`;
}

function nameTakenError({ chats }: ChatStore, { key, options }: ChatIndex, cause: unknown): ChatError {
  const text =
    `the index ${options.name ?? ""} of ${chats.namespace} is not on ${JSON.stringify(key)}, as this model has it: ` +
    "set the model right, or drop that index";
  return new ChatError("MODEL_MISMATCH", text, { cause });
}

function sameKey(a: Document, b: Document): boolean {
  return JSON.stringify(Object.entries(a)) === JSON.stringify(Object.entries(b));
}
