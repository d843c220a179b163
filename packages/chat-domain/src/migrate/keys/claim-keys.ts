import { duplicateKeyCode } from "../../errors/mongo-errors.ts";
import type { NativeId } from "../../identity/native-id.ts";
import { keyVersion } from "../../identity/participants-key.ts";
import { idMap } from "../../identity/stored-ids.ts";
import { storedIdentity } from "../../model/chat-document.ts";
import { keyField, mergedIntoField, type StoredDocument } from "../../model/stored-document.ts";
import { mergedStates } from "../context/migration-records.ts";
import { type Duplicate, park, type Parking, planMerges } from "../journal/journal.ts";
import { rememberKeyBatch, rememberKeys } from "../journal/originals.ts";
import type { Run } from "../run/run.ts";
import { type Refusal, whyRefused } from "../run/write-outcome.ts";
import { invalidityOf } from "./chat-validity.ts";
import { carefulClaim, type Claim, isQuick, quickClaim } from "./claim-statement.ts";
import { chatsWithIds } from "./scan-chats.ts";

/** How often chats that change while they are worked on are looked at again, before a later pass gets them. */
const attempts = 3;

/**
 * Gives chats their keys and lets the unique index be the judge: who is refused is a duplicate of who holds the key.
 * So a chat with a key is never a loser and one without is never a survivor, and the oldest wins, being asked first.
 * Returns how many chats changed.
 */
export async function claimKeys(run: Run, batch: readonly StoredDocument[]): Promise<number> {
  const live = batch.filter((chat) => (chat[mergedIntoField] ?? null) === null);
  await park(
    run,
    live.flatMap((chat) => invalid(run, chat)),
  );
  // A key of the present version that is not theirs: the participants have changed since it was set.
  let claims = await withoutSurvivors(
    run,
    live.flatMap((chat) => claimOf(run, chat)),
    ({ chat }) => keyVersion.test(String(chat[keyField])),
  );
  if (claims.length === 0) return 0;
  const wrong = claims.filter((claim) => claim.wrong).map(({ chat }) => chat._id);
  if (wrong.length > 0) await rememberKeys(run, await withoutOurs(run, wrong));
  await rememberKeyBatch(
    run,
    claims.map(({ chat }) => chat._id),
  );
  let changed = 0;
  for (let attempt = 0; attempt < attempts && claims.length > 0; attempt += 1) {
    // The quick way sees any difference from what was read as a change; the careful one knows better.
    const statement = attempt === 0 && isQuick(run.ctx.model) ? quickClaim : carefulClaim;
    const done = await claimOnce(run, claims, statement);
    changed += done.changed;
    const again = done.again.length === 0 ? [] : await chatsWithIds(run.ctx, done.again);
    claims = again.flatMap((chat) => claimOf(run, chat));
  }
  return changed;
}

function claimOf({ ctx }: Run, chat: StoredDocument): readonly Claim[] {
  const identity = invalidityOf(ctx.model, chat) === null ? storedIdentity(ctx.model, chat) : null;
  if (identity === null || chat[keyField] === identity.key || (chat[mergedIntoField] ?? null) !== null)
    return [];
  return [{ chat, identity, wrong: chat[keyField] !== undefined }];
}

function invalid({ ctx }: Run, chat: StoredDocument): readonly Parking[] {
  const reason = invalidityOf(ctx.model, chat);
  return reason === null ? [] : [{ chat: chat._id, survivor: null, kind: "invalid", reason }];
}

interface ClaimOutcome {
  readonly changed: number;
  /** Chats that changed meanwhile, or whose winner is gone again. */
  readonly again: readonly NativeId[];
}

async function claimOnce(
  run: Run,
  claims: readonly Claim[],
  statement: typeof quickClaim,
): Promise<ClaimOutcome> {
  const { ctx, write } = run;
  const outcome = await write.update(
    ctx.model.chats.collection,
    claims.map((claim) => statement(ctx.model, claim)),
  );
  const refused = new Map(outcome.refusals.map((refusal) => [refusal.index, refusal]));
  const accepted = claims.filter((_, index) => !refused.has(index));
  const beaten = claims.filter((_, index) => isBeaten(refused.get(index)));
  await park(
    run,
    claims.flatMap((claim, index) => unclaimable(claim, refused.get(index))),
  );
  const missed = outcome.changed < accepted.length ? await unclaimed(run, accepted) : [];
  const { losers, winnerless } = await settleBeaten(run, beaten);
  const isMissed = idMap(missed.map((id) => [id, true] as const));
  const claimed = accepted.filter(({ chat }) => !isMissed.has(chat._id));
  const rekeyed = claimed.filter((claim) => claim.wrong).length;
  run.count({ keyed: claimed.length - rekeyed, rekeyed, losers });
  return { changed: claimed.length + losers, again: [...missed, ...winnerless] };
}

function isBeaten(refusal: Refusal | undefined): boolean {
  return refusal?.code === duplicateKeyCode && Object.keys(refusal.keyPattern).join() === keyField;
}

function unclaimable({ chat }: Claim, refusal: Refusal | undefined): readonly Parking[] {
  if (refusal === undefined || isBeaten(refusal)) return [];
  const reason = `its key could not be set: ${whyRefused(refusal)}`;
  return [{ chat: chat._id, survivor: null, kind: "unclaimable", reason }];
}

async function unclaimed(run: Run, accepted: readonly Claim[]): Promise<readonly NativeId[]> {
  const now = await chatsWithIds(
    run.ctx,
    accepted.map(({ chat }) => chat._id),
  );
  const keys = idMap(now.map((chat) => [chat._id, chat[keyField]] as const));
  return accepted
    .filter(({ chat, identity }) => keys.get(chat._id) !== identity.key)
    .map(({ chat }) => chat._id);
}

interface Beaten {
  /** How many are journaled now that were not before. */
  readonly losers: number;
  /** Those whose winner is gone again. */
  readonly winnerless: readonly NativeId[];
}

/** Journals who was beaten by whom. */
async function settleBeaten(run: Run, beaten: readonly Claim[]): Promise<Beaten> {
  if (beaten.length === 0) return { losers: 0, winnerless: [] };
  const keys = beaten.map(({ identity }) => identity.key);
  const holders = await run.ctx.chats
    .find({ [keyField]: { $in: keys } }, { projection: { [keyField]: 1 } })
    .toArray();
  const holderOf = new Map(holders.map((holder) => [holder[keyField], holder._id]));
  const mergeable = await withoutSurvivors(run, beaten, () => true);
  await giveUpWrongKeys(run, mergeable);
  const duplicates = mergeable.flatMap(({ chat, identity }): readonly Duplicate[] => {
    const survivor = holderOf.get(identity.key);
    return survivor === undefined ? [] : [{ loser: chat._id, survivor }];
  });
  return {
    losers: await planMerges(run, duplicates),
    winnerless: mergeable.filter(({ identity }) => !holderOf.has(identity.key)).map(({ chat }) => chat._id),
  };
}

/** A beaten chat with a wrong key loses it. */
async function giveUpWrongKeys(run: Run, beaten: readonly Claim[]): Promise<void> {
  const wrong = beaten.filter((claim) => claim.wrong);
  await run.write.update(
    run.ctx.model.chats.collection,
    wrong.map(({ chat }) => ({
      q: { _id: chat._id, [keyField]: chat[keyField] },
      u: { $unset: { [keyField]: "" } },
    })),
  );
}

/**
 * A chat that duplicates have been merged into, but whose key is not that of its participants, would show their messages
 * to other people, or leave them behind: that takes a person to decide.
 */
async function withoutSurvivors(
  run: Run,
  claims: readonly Claim[],
  suspicious: (claim: Claim) => boolean,
): Promise<readonly Claim[]> {
  const wrong = claims.filter((claim) => claim.wrong && suspicious(claim)).map(({ chat }) => chat._id);
  if (wrong.length === 0) return claims;
  const merges = await run.ctx.records.journal
    .find({ survivor: { $in: wrong }, state: { $in: [...mergedStates, "planned"] } })
    .toArray();
  const isSurvivor = idMap(
    merges.flatMap(({ survivor }) => (survivor === null ? [] : [[survivor, true] as const])),
  );
  const reason = "its participants are not those of its key, and duplicates have been merged into it";
  await park(
    run,
    wrong
      .filter((id) => isSurvivor.has(id))
      .map((chat) => ({ chat, survivor: null, kind: "unclaimable" as const, reason })),
  );
  return claims.filter(({ chat }) => !isSurvivor.has(chat._id));
}

/** A key that the migration itself has set is nothing to go back to. */
async function withoutOurs(run: Run, ids: readonly NativeId[]): Promise<readonly NativeId[]> {
  const batches = await run.ctx.records.keyBatches.find({ ids: { $in: [...ids] } }).toArray();
  const isOurs = idMap(batches.flatMap((batch) => batch.ids.map((id) => [id, true] as const)));
  return ids.filter((id) => !isOurs.has(id));
}
