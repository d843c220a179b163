import type { NativeId } from "../../identity/native-id.ts";
import { idMap, idText } from "../../identity/stored-ids.ts";
import { identityProjection } from "../../model/chat-document.ts";
import { uniqueChats } from "../../model/chat-filters.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import { inSurvivorOrder } from "../../store/survivor-order.ts";
import { park, type Parking, unclaimable } from "../journal/journal.ts";
import { type Run, RunStopped } from "../run/run.ts";
import { heldBySurvivor, survivors } from "./lost-claims.ts";
import { keyFaultOf } from "./chat-validity.ts";
import { dropKeys } from "./release-keys.ts";

/** Several holders of one key. */
interface DoubledKey {
  readonly _id: string;
  readonly ids: readonly NativeId[];
}

/** Keys that are looked at together. */
const keysPerBatch = 500;

/**
 * Leaves every key that several chats hold with one of them: with the chat of these people, of several with the one that
 * duplicates have been merged into, of several with the one that `survivor` puts first. The others are chats without a key, for backfill to look
 * at. No other chat is touched.
 *
 * @throws RunStopped when a chat keeps its key, because a validator lets nobody take it: it is parked, with the reason
 */
export async function releaseDoubledKeys(run: Run): Promise<void> {
  for (;;) {
    const doubled = await doubledKeys(run);
    if (doubled.length === 0) return;
    const losing = await losingHolders(run, doubled);
    const now = await dropKeys(
      run,
      losing.map(({ chat }) => chat),
    );
    const { keyField } = run.ctx.model.chats;
    const isHolding = idMap(now.map((chat) => [chat._id, chat[keyField] !== undefined] as const));
    if (losing.every(({ chat }) => isHolding.get(chat._id) === true)) {
      const message = "the unique index cannot be built while several chats hold one key: see what is parked";
      run.ctx.emit({ event: "note", message });
      throw new RunStopped("parked");
    }
    await park(
      run,
      losing.flatMap(({ chat, parking }) => (isHolding.get(chat._id) === true ? [] : parking)),
    );
    await run.checkpoint("index", {});
  }
}

/** Without the unique index nothing but a look at all keys can tell. */
function doubledKeys({ ctx }: Run): Promise<DoubledKey[]> {
  const { keyField } = ctx.model.chats;
  return ctx.chats
    .aggregate<DoubledKey>(
      [
        { $match: { [keyField]: { $type: "string" } } },
        { $group: { _id: `$${keyField}`, holders: { $sum: 1 }, ids: { $push: "$_id" } } },
        { $match: { holders: { $gt: 1 } } },
        { $limit: keysPerBatch },
      ],
      { allowDiskUse: true, collation: { locale: "simple" } },
    )
    .toArray();
}

interface LosingHolder {
  readonly chat: StoredDocument;
  readonly parking: readonly Parking[];
}

async function losingHolders(run: Run, doubled: readonly DoubledKey[]): Promise<readonly LosingHolder[]> {
  const { ctx } = run;
  const ids = doubled.flatMap((key) => key.ids);
  const held = { _id: { $in: ids }, [ctx.model.chats.keyField]: { $exists: true } };
  const options = { projection: identityProjection(ctx.model), sort: { _id: 1 } } as const;
  const chats = await ctx.chats.find(held, options).toArray();
  const selected = await ctx.chats.find({ $and: [held, uniqueChats(ctx.model)] }, options).toArray();
  const isRight = idMap(selected.map((chat) => [chat._id, keyFaultOf(ctx.model, chat) === null] as const));
  const hasAliases = await survivors(run, ids);
  const order = await inSurvivorOrder(ctx, ids);
  const rank = idMap(order.map((id, index) => [id, index] as const));
  const rankOf = ({ _id }: StoredDocument): number => rank.get(_id) ?? order.length;
  const holders = new Map<unknown, StoredDocument[]>();
  for (const chat of chats) {
    const key = chat[ctx.model.chats.keyField];
    holders.set(key, [...(holders.get(key) ?? []), chat]);
  }
  return [...holders.values()].flatMap((equals): readonly LosingHolder[] => {
    const right = equals
      .filter(({ _id }) => isRight.get(_id) === true)
      .toSorted((a, b) => rankOf(a) - rankOf(b));
    const keeper = right.find(({ _id }) => hasAliases.has(_id)) ?? right[0] ?? equals[0];
    if (keeper === undefined) return [];
    return equals
      .filter(({ _id }) => idText(_id) !== idText(keeper._id))
      .map((chat) => {
        const isSurvivor = isRight.get(chat._id) === true && hasAliases.has(chat._id);
        const parking = unclaimable(chat._id, heldBySurvivor({ chat: keeper }));
        return { chat, parking: isSurvivor ? [parking] : [] };
      });
  });
}
