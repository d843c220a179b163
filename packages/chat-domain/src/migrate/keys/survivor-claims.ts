import { idSet } from "../../identity/stored-ids.ts";
import { identityProjection } from "../../model/chat-document.ts";
import { firstSurvivors, keylessCandidates } from "../../store/keyless-chats.ts";
import type { Run } from "../run/run.ts";
import { invalidReason } from "./chat-validity.ts";
import type { Claim } from "./claim-statement.ts";
import { holdersOf } from "./key-holders.ts";

/** Claims by whose turn it is. */
export interface ClaimTurns {
  /** One for each set of people: of the chat that survives. */
  readonly first: readonly Claim[];
  /** Of its duplicates. */
  readonly rest: readonly Claim[];
}

/**
 * Before a chat of a set gets the key, all of the set are compared, wherever they are. Without criteria the oldest is asked
 * first anyway.
 */
export async function claimTurns(run: Run, claims: readonly Claim[]): Promise<ClaimTurns> {
  if (run.ctx.model.chats.survivor.length === 0) return { first: claims, rest: [] };
  const identities = new Map(claims.map(({ identity }) => [identity.key, identity] as const));
  const firsts = await firstChats(run, [...identities.values()]);
  const first = [...firsts].flatMap(([key, chat]): readonly Claim[] => {
    const identity = identities.get(key);
    return identity === undefined ? [] : [{ chat, identity }];
  });
  const isFirst = idSet(first.map(({ chat }) => chat._id));
  return { first, rest: claims.filter(({ chat }) => !isFirst.has(chat._id)) };
}

type Identities = readonly Claim["identity"][];

/** What cannot have a key, or was refused one before, comes only where the set has nothing else. */
async function firstChats(run: Run, identities: Identities) {
  const { ctx } = run;
  const candidates = await keylessCandidates(ctx, identities, { projection: identityProjection(ctx.model) });
  const ids = [...candidates.values()]
    .filter((chats) => chats.length > 1)
    .flatMap((chats) => chats.map(({ _id }) => _id));
  const parked = await ctx.records.journal
    .find({ _id: { $in: ids }, state: "parked", survivor: null }, { projection: { _id: 1 } })
    .toArray();
  const isParked = idSet(parked.map(({ _id }) => _id));
  const able = [...candidates].map(([key, chats]) => {
    const valid = chats.filter((chat) => invalidReason(ctx.model, chat) === null);
    const unparked = valid.filter(({ _id }) => !isParked.has(_id));
    return [key, unparked.length === 0 ? valid : unparked] as const;
  });
  return firstSurvivors(ctx, new Map(able));
}

/** The claims whose key is held by now: no other chat of the set can get it any more. The others wait for another look. */
export async function withHeldKeys(run: Run, claims: readonly Claim[]): Promise<readonly Claim[]> {
  if (claims.length === 0) return [];
  const holders = await holdersOf(
    run.ctx,
    claims.map(({ identity }) => identity),
  );
  return claims.filter(({ identity }) => holders.has(identity.key));
}
