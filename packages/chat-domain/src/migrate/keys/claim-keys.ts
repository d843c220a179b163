import { isLive, isReleased } from "../../model/own-names.ts";
import { duplicateKeyCode } from "../../errors/mongo-errors.ts";
import type { NativeId } from "../../identity/native-id.ts";
import { participantIdOrNull } from "../../identity/participant-id.ts";
import { idMap, idSet } from "../../identity/stored-ids.ts";
import { storedIdentity } from "../../model/chat-document.ts";
import { type StoredDocument } from "../../model/stored-document.ts";
import { park, type Parking, unclaimable } from "../journal/journal.ts";
import { saveKeyBatch } from "../journal/originals.ts";
import type { Run } from "../run/run.ts";
import { type Refusal, refusalReason } from "../run/write-outcome.ts";
import { type LostClaim, planLostClaims } from "./lost-claims.ts";
import { invalidReason, keyFaultOf } from "./chat-validity.ts";
import { carefulClaim, type Claim, isQuick, quickClaim } from "./claim-statement.ts";
import { releaseKeys } from "./release-keys.ts";
import { chatsWithIds } from "./scan-chats.ts";
import { claimTurns, withHeldKeys } from "./survivor-claims.ts";

/** How often chats that change while they are worked on are looked at again, before a later pass gets them. */
const attempts = 3;

/**
 * Gives chats their keys and lets the unique index be the judge: who is refused is a duplicate of who holds the key. So a
 * chat with a key is never a loser and one without is never a survivor, and of each set the one wins that is asked first. Whoever
 * holds a key that is not its own gives it up first. Returns how many chats changed.
 */
export async function claimKeys(run: Run, batch: readonly StoredDocument[]): Promise<number> {
  const { model } = run.ctx;
  const drifted = batch.filter((chat) => isLive(model, chat) && keyFaultOf(model, chat) === "drifted");
  const released = await releaseKeys(run, drifted);
  const isDrifted = idSet(drifted.map(({ _id }) => _id));
  const chats = [...batch.filter(({ _id }) => !isDrifted.has(_id)), ...released];
  let claims = chats.flatMap((chat) => claimOf(run, chat));
  const isClaimed = new Set(claims.map(({ chat }) => chat));
  await park(
    run,
    chats.filter((chat) => !isClaimed.has(chat)).flatMap((chat) => invalid(run, chat)),
  );
  if (claims.length === 0) return drifted.length;
  await saveKeyBatch(
    run,
    claims.map(({ chat }) => chat._id),
  );
  let changed = drifted.length;
  for (let attempt = 1; attempt <= attempts && claims.length > 0; attempt += 1) {
    // The quick way sees any difference from what was read as a change; the careful one knows better.
    const statement = attempt === 1 && isQuick(model) ? quickClaim : carefulClaim;
    const done = await claimInTurns(run, claims, { statement, isLast: attempt === attempts });
    changed += done.changed;
    const again = done.again.length === 0 ? [] : await chatsWithIds(run.ctx, done.again);
    claims = again.flatMap((chat) => claimOf(run, chat));
  }
  return changed;
}

function claimOf({ ctx }: Run, chat: StoredDocument): readonly Claim[] {
  if (keyFaultOf(ctx.model, chat) !== "keyless" || participantIdOrNull(chat._id) === null) return [];
  const identity = storedIdentity(ctx.model, chat);
  return identity === null ? [] : [{ chat, identity }];
}

/** One that holds a key all the same is parked because it cannot lose it. */
function invalid({ ctx }: Run, chat: StoredDocument): readonly Parking[] {
  if (!isLive(ctx.model, chat) || isReleased(ctx.model, chat)) return [];
  if (keyFaultOf(ctx.model, chat) === "drifted") return [];
  const reason = invalidReason(ctx.model, chat);
  return reason === null ? [] : [{ chat: chat._id, survivor: null, kind: "invalid", reason }];
}

interface ClaimOutcome {
  readonly changed: number;
  /** Chats that changed meanwhile, or whose key is free again. */
  readonly again: readonly NativeId[];
}

interface ClaimOptions {
  readonly statement: typeof quickClaim | typeof carefulClaim;
  readonly isLast: boolean;
}

/** Of each set first the chat that survives, which may be one of a later batch. */
async function claimInTurns(
  run: Run,
  claims: readonly Claim[],
  options: ClaimOptions,
): Promise<ClaimOutcome> {
  const { first, rest } = await claimTurns(run, claims);
  const known = idSet(claims.map(({ chat }) => chat._id));
  const others = first.map(({ chat }) => chat._id).filter((id) => !known.has(id));
  if (others.length > 0) await saveKeyBatch(run, others);
  const led = await claimOnce(run, first, options);
  const open = await withHeldKeys(run, rest);
  const followed = await claimOnce(run, open, options);
  const waiting = rest.filter((claim) => !open.includes(claim)).map(({ chat }) => chat._id);
  return { changed: led.changed + followed.changed, again: [...led.again, ...followed.again, ...waiting] };
}

async function claimOnce(
  run: Run,
  claims: readonly Claim[],
  { statement, isLast }: ClaimOptions,
): Promise<ClaimOutcome> {
  if (claims.length === 0) return { changed: 0, again: [] };
  const { ctx, write } = run;
  const outcome = await write.update(
    ctx.model.chats.collection,
    claims.map((claim) => statement(ctx.model, claim)),
  );
  const refused = new Map(outcome.refusals.map((refusal) => [refusal.index, refusal]));
  const accepted = claims.filter((_, index) => !refused.has(index));
  await park(
    run,
    claims.flatMap((claim, index) => refusedClaim(claim, refused.get(index))),
  );
  const missed = outcome.changed < accepted.length ? await unclaimed(run, accepted) : [];
  const { losers, again } = await planLostClaims(
    run,
    claims.flatMap((claim, index) => lost(claim, refused.get(index))),
    { isLast },
  );
  const keyed = accepted.length - missed.length;
  run.count({ keyed, losers });
  return { changed: keyed + losers, again: [...missed, ...again] };
}

function lost(claim: Claim, refusal: Refusal | undefined): readonly LostClaim[] {
  return refusal?.code === duplicateKeyCode ? [{ claim, refusal }] : [];
}

function refusedClaim({ chat }: Claim, refusal: Refusal | undefined): readonly Parking[] {
  if (refusal === undefined || refusal.code === duplicateKeyCode) return [];
  return [unclaimable(chat._id, `its key could not be set: ${refusalReason(refusal)}`)];
}

async function unclaimed(run: Run, accepted: readonly Claim[]): Promise<readonly NativeId[]> {
  const now = await chatsWithIds(
    run.ctx,
    accepted.map(({ chat }) => chat._id),
  );
  const keys = idMap(now.map((chat) => [chat._id, chat[run.ctx.model.chats.keyField]] as const));
  return accepted
    .filter(({ chat, identity }) => keys.get(chat._id) !== identity.key)
    .map(({ chat }) => chat._id);
}
