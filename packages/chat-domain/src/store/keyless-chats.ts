import type { AnyBulkWriteOperation, Document, Filter, FindOptions, UpdateFilter } from "mongodb";
import { isHintRefused, refusedWrites } from "../errors/mongo-errors.ts";
import { participantIdOrNull } from "../identity/participant-id.ts";
import type { ChatIdentity } from "../identity/participants-key.ts";
import { idMap } from "../identity/stored-ids.ts";
import { asSeen } from "../model/as-seen.ts";
import { identityProjection, recomputedKey } from "../model/chat-document.ts";
import { claimable, isOfFirstTwo, keylessAmong, keylessSearch } from "../model/chat-filters.ts";
import { toChat } from "../model/chat.ts";
import { ownField } from "../model/own-names.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "./chat-store.ts";
import { exactly, keylessIndexName } from "./key-index.ts";
import { inSurvivorOrder, type ModelledChats } from "./survivor-order.ts";
import { decoding } from "./undecodable.ts";

/**
 * Of the live chats without a key that have exactly these people the one that would survive, or `null`; of it only what
 * tells who it is of.
 */
export async function findKeylessChat(
  ctx: ChatStore,
  identity: ChatIdentity,
): Promise<StoredDocument | null> {
  const candidates = await decoding(() =>
    isOfFirstTwo(identity.ids)
      ? byKeylessIndex(ctx, (hint) => keylessChats(ctx, identity, hint))
      : keylessChats(ctx, identity),
  );
  const first = await firstSurvivors(ctx, new Map([[identity.key, candidates]]), ctx.deadlineMs);
  return first.get(identity.key) ?? null;
}

/** All of them, or the first where no criterion is to choose. */
async function keylessChats(
  ctx: ChatStore,
  identity: ChatIdentity,
  hint: FindOptions | null = null,
): Promise<readonly StoredDocument[]> {
  const { ids, scope, key } = identity;
  const matches = ctx.chats.find(keylessSearch(ctx.model, leastCommonFirst([identity])(ids), scope), {
    ...searching(ctx),
    batchSize: 10,
    ...hint,
    sort: { _id: 1 },
  });
  const candidates: StoredDocument[] = [];
  // The filter also lets through what is no valid chat of these people, such as one with an unreadable member.
  for await (const keyless of matches) {
    if (recomputedKey(ctx.model, keyless) !== key) continue;
    candidates.push(keyless);
    if (ctx.model.chats.survivor.length === 0 && isReadable(keyless)) break;
  }
  return candidates;
}

/** Whose `_id` is no id can be handed out to nobody. */
function isReadable({ _id }: StoredDocument): boolean {
  return participantIdOrNull(_id) !== null;
}

/**
 * A chat that could be handed out to nobody gets no key, which nobody else could have then.
 *
 * @throws ChatError `INTEGRITY`
 */
export function assertReadable({ model }: ChatStore, chats: readonly StoredDocument[]): void {
  for (const chat of chats) toChat(model, chat);
}

/** Of a chat that is known nobody's index need be weighed. */
const byId = { _id: 1 } as const;

/**
 * Gives a keyless chat its key, under the unique index: whoever is second gets a duplicate-key error, which is read as
 * any lost race. `null` when it is no longer a live keyless chat of exactly these people; whatever else changed in it
 * meanwhile does not matter.
 */
export async function claimKeylessChat(
  ctx: ChatStore,
  identity: ChatIdentity,
  keyless: StoredDocument,
): Promise<StoredDocument | null> {
  return ctx.chats.findOneAndUpdate(stillClaimable(ctx, keyless), keyed(ctx, identity.key), {
    ...ctx.reading,
    returnDocument: "after",
    hint: byId,
    maxTimeMS: ctx.deadlineMs,
  });
}

/** Several queries share the server's cores, and none of large groups is a large message. */
const setsPerQuery = 50;

/** For each set of people the live chat without a key that would survive, by key. */
export async function findKeylessChats(
  ctx: ChatStore,
  identities: readonly ChatIdentity[],
): Promise<ReadonlyMap<string, StoredDocument>> {
  const candidates = await decoding(
    async () => (await candidatesAmong(ctx, identities)) ?? candidatesOfEach(ctx, identities),
  );
  return firstSurvivors(ctx, candidates, ctx.deadlineMs);
}

type Candidates = ReadonlyMap<string, readonly StoredDocument[]>;

/** So many chats without a key are read to see which of them are asked for. */
const mostAmong = 256;

/**
 * One question for all sets: to plan a search for each of them costs the server three times what it costs to make the
 * chats, and hardly any chat is without a key. `null` where the index does not tell, or too many are.
 */
async function candidatesAmong(
  ctx: ChatStore,
  identities: readonly ChatIdentity[],
): Promise<Candidates | null> {
  const ids = new Set(identities.flatMap((identity) => identity.ids));
  const scopes = new Set(identities.map(({ scope }) => scope));
  const among = await byKeylessIndex(ctx, async (hint) =>
    hint === null
      ? null
      : ctx.chats
          .find(keylessAmong(ctx.model, [...ids], [...scopes]), {
            ...searching(ctx),
            ...hint,
            limit: mostAmong,
          })
          .toArray(),
  );
  if (among === null || among.length === mostAmong) return null;
  const keys = new Set(identities.map(({ key }) => key));
  return new Map([...byKey(ctx, among)].filter(([key]) => keys.has(key)));
}

async function candidatesOfEach(ctx: ChatStore, identities: readonly ChatIdentity[]): Promise<Candidates> {
  const few = identities.filter(({ ids }) => isOfFirstTwo(ids));
  const groups = identities.filter(({ ids }) => !isOfFirstTwo(ids));
  const found = await Promise.all([
    byKeylessIndex(ctx, (hint) => keylessCandidates(ctx, few, { ...searching(ctx), ...hint })),
    keylessCandidates(ctx, groups, searching(ctx)),
  ]);
  return new Map(found.flatMap((some) => [...some]));
}

function searching(ctx: ChatStore): FindOptions {
  return { projection: identityProjection(ctx.model), collation: exactly, maxTimeMS: ctx.deadlineMs };
}

/**
 * Searches by the index of chats without a key, where it is: left to choose, the server weighs it against every other one for
 * each of the sets. It only saves time, and what has been dropped just now is done without.
 */
async function byKeylessIndex<T>(
  ctx: ChatStore,
  search: (hint: FindOptions | null) => Promise<T>,
): Promise<T> {
  const name = keylessIndexName(ctx.model, await ctx.keyIndex.verified());
  if (name === null) return search(null);
  try {
    return await search({ hint: name });
  } catch (error) {
    if (!isHintRefused(error)) throw error;
    ctx.keyIndex.forget();
    return search(null);
  }
}

/** For each set of people their live chats without a key, by key, in any order. */
export async function keylessCandidates(
  source: ModelledChats,
  identities: readonly ChatIdentity[],
  options: FindOptions,
): Promise<Candidates> {
  const ordered = leastCommonFirst(identities);
  const parts: Promise<readonly StoredDocument[]>[] = [];
  for (let from = 0; from < identities.length; from += setsPerQuery) {
    const filters = identities
      .slice(from, from + setsPerQuery)
      .map(({ ids, scope }) => keylessSearch(source.model, ordered(ids), scope));
    parts.push(source.chats.find({ $or: filters }, options).toArray());
  }
  return byKey(source, (await Promise.all(parts)).flat());
}

/** Without those that are no valid chats, which a filter may let through. */
function byKey({ model }: ModelledChats, chats: readonly StoredDocument[]): Candidates {
  const candidates = new Map<string, StoredDocument[]>();
  for (const keyless of chats) {
    const key = recomputedKey(model, keyless);
    if (key === null) continue;
    const known = candidates.get(key);
    if (known === undefined) candidates.set(key, [keyless]);
    else known.push(keyless);
  }
  return candidates;
}

/**
 * People in the order in which their chats are worth reading: who is in many of the sets has many chats. Of those who are
 * equal chance decides, so that nobody is always the one.
 */
function leastCommonFirst(
  identities: readonly ChatIdentity[],
): (ids: readonly string[]) => readonly string[] {
  const sets = new Map<string, number>();
  for (const { ids } of identities) for (const id of ids) sets.set(id, (sets.get(id) ?? 0) + 1);
  return (ids) =>
    ids
      .map((id) => ({ id, rank: (sets.get(id) ?? 0) + Math.random() }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ id }) => id);
}

/**
 * Of the chats of each key the one that would survive. Few sets have several, and only those the server puts in order:
 * with a sort, a search that found nothing took it half as long again.
 */
export async function firstSurvivors(
  source: ModelledChats,
  candidates: Candidates,
  maxTimeMS = 0,
): Promise<ReadonlyMap<string, StoredDocument>> {
  const able = new Map(
    [...candidates].map(([key, chats]) => [key, chats.some(isReadable) ? chats.filter(isReadable) : chats]),
  );
  const contested = [...able.values()].filter((chats) => chats.length > 1).flat();
  const ids = contested.map(({ _id }) => _id);
  const order = ids.length === 0 ? [] : await inSurvivorOrder(source, ids, maxTimeMS);
  const rank = idMap(order.map((id, index) => [id, index] as const));
  const rankOf = ({ _id }: StoredDocument): number => rank.get(_id) ?? order.length;
  return new Map(
    [...able].flatMap(([key, chats]) => {
      const first = chats.toSorted((a, b) => rankOf(a) - rankOf(b))[0];
      return first === undefined ? [] : [[key, first] as const];
    }),
  );
}

/**
 * Gives keyless chats their keys, each as `claimKeylessChat` does. What became of them is to be read by key: another
 * may have been faster, or the chat no longer one of these people.
 */
export async function claimKeylessChats(
  ctx: ChatStore,
  identities: readonly ChatIdentity[],
  keyless: ReadonlyMap<string, StoredDocument>,
): Promise<void> {
  const claims = identities.flatMap(({ key }): AnyBulkWriteOperation<StoredDocument>[] => {
    const chat = keyless.get(key);
    if (chat === undefined) return [];
    return [{ updateOne: { filter: stillClaimable(ctx, chat), update: keyed(ctx, key), hint: byId } }];
  });
  if (claims.length === 0) return;
  await refusedWrites(() => ctx.chats.bulkWrite(claims, { ordered: false, maxTimeMS: ctx.deadlineMs }));
}

/** What is asked again of a chat that was read a moment ago: a filter by people alone lets through who is unreadable. */
function stillClaimable({ model }: ChatStore, chat: StoredDocument): Filter<StoredDocument> {
  return { _id: chat._id, $and: [asSeen(model, chat), claimable(model)] };
}

function keyed({ model }: ChatStore, key: string): UpdateFilter<StoredDocument> {
  return {
    $set: { [model.chats.keyField]: key },
    $unset: { [ownField(model, "unkeyedAt")]: "" },
  } as Document;
}
