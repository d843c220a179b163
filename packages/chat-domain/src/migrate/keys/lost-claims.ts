import type { NativeId } from "../../identity/native-id.ts";
import { participantIdOrNull } from "../../identity/participant-id.ts";
import { type IdSet, idMap, idSet } from "../../identity/stored-ids.ts";
import { ownField } from "../../model/own-names.ts";
import { type Duplicate, park, type Parking, planMerges, unclaimable } from "../journal/journal.ts";
import type { Run } from "../run/run.ts";
import { type Refusal, refusalReason } from "../run/write-outcome.ts";
import type { Claim } from "./claim-statement.ts";
import { type Holder, holdersOf } from "./key-holders.ts";
import { releaseKeys } from "./release-keys.ts";

/** A claim that a unique index has refused. */
export interface LostClaim {
  readonly claim: Claim;
  readonly refusal: Refusal;
}

export interface LostClaimsOutcome {
  /** How many are journaled as duplicates now that were not before. */
  readonly losers: number;
  /** Those whose key is free again. */
  readonly again: readonly NativeId[];
}

/**
 * Who holds the key is looked at before it is believed: the chat of the same people survives, one that has drifted loses
 * the key. Only where nobody holds it was it another index that refused the claim.
 */
export async function planLostClaims(
  run: Run,
  lost: readonly LostClaim[],
  { isLast }: { readonly isLast: boolean },
): Promise<LostClaimsOutcome> {
  if (lost.length === 0) return { losers: 0, again: [] };
  const holders = await holdersOf(
    run.ctx,
    lost.map(({ claim }) => claim.identity),
  );
  const isStuck = await releaseDrifted(run, [...holders.values()]);
  const hasAliases = await survivors(
    run,
    lost.map(({ claim }) => claim.chat._id),
  );
  const duplicates: Duplicate[] = [];
  const parkings: Parking[] = [];
  const again: NativeId[] = [];
  for (const { claim, refusal } of lost) {
    const [loser, holder] = [claim.chat._id, holders.get(claim.identity.key)];
    if (holder === undefined) {
      if (isOfKey(run, refusal)) again.push(loser);
      else parkings.push(unclaimable(loser, `its key could not be set: ${refusalReason(refusal)}`));
    } else if (!holder.isRight) {
      if (isLast && isStuck.has(holder.chat._id)) parkings.push(unclaimable(loser, heldByStuck(holder)));
      else again.push(loser);
    } else if (hasAliases.has(loser)) parkings.push(unclaimable(loser, heldBySurvivor(holder)));
    else duplicates.push({ loser, survivor: holder.chat._id });
  }
  await park(run, parkings);
  return { losers: await planMerges(run, duplicates), again };
}

/** Returns those that hold their key all the same. */
async function releaseDrifted(run: Run, holders: readonly Holder[]): Promise<IdSet> {
  const drifted = holders.filter(({ isRight }) => !isRight).map(({ chat }) => chat);
  const { keyField } = run.ctx.model.chats;
  const held = idMap(drifted.map((chat) => [chat._id, chat[keyField]] as const));
  const now = await releaseKeys(run, drifted);
  const stuck = now.filter((chat) => held.get(chat._id) === chat[keyField]);
  return idSet(stuck.map(({ _id }) => _id));
}

/** Of these, the chats that duplicates have been merged into. */
export async function survivors(run: Run, ids: readonly NativeId[]): Promise<IdSet> {
  const aliases = ownField(run.ctx.model, "aliases");
  const found = await run.ctx.chats
    .find({ _id: { $in: [...ids] }, [`${aliases}.0`]: { $exists: true } }, { projection: { _id: 1 } })
    .toArray();
  return idSet(found.map(({ _id }) => _id));
}

/** A server that does not say which index it was is taken to mean that of the key. */
function isOfKey({ ctx }: Run, { keyPattern }: Refusal): boolean {
  const fields = Object.keys(keyPattern).join();
  return fields === "" || fields === ctx.model.chats.keyField;
}

function heldByStuck({ chat }: Holder): string {
  return `its key is held by chat ${nameOf(chat._id)}, which is none of its people's and cannot lose it`;
}

/** Merging it would leave its own duplicates pointing at a tombstone. */
export function heldBySurvivor({ chat }: Pick<Holder, "chat">): string {
  return (
    `duplicates have been merged into it, and chat ${nameOf(chat._id)} holds the key of its people: bring its ` +
    "duplicates back with migrator rollback --chat ID, then run up --retry-parked"
  );
}

function nameOf(id: NativeId): string {
  return participantIdOrNull(id) ?? "with an unreadable _id";
}
