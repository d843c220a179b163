import type { ChatIdentity } from "../../identity/participants-key.ts";
import { idMap } from "../../identity/stored-ids.ts";
import { identityProjection, storedIdentity } from "../../model/chat-document.ts";
import { firstSurvivors, keylessCandidates } from "../../store/keyless-chats.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { chatsWithIds } from "../keys/scan-chats.ts";
import type { DuplicateGroup } from "./duplicate-census.ts";

/** Groups with the chats that would survive: who holds the key, else the one that the model's criteria put first. */
export async function shownSurvivors(
  ctx: MigrationContext,
  groups: readonly DuplicateGroup[],
): Promise<readonly DuplicateGroup[]> {
  if (ctx.model.chats.survivor.length === 0 || groups.length === 0) return groups;
  const known = await chatsWithIds(
    ctx,
    groups.map(({ survivor }) => survivor),
  );
  const identities = known.flatMap((chat): readonly (readonly [typeof chat._id, ChatIdentity])[] => {
    const identity = storedIdentity(ctx.model, chat);
    return identity === null || chat[ctx.model.chats.keyField] === identity.key ? [] : [[chat._id, identity]];
  });
  const candidates = await keylessCandidates(
    ctx,
    identities.map(([, identity]) => identity),
    { projection: identityProjection(ctx.model) },
  );
  const firsts = await firstSurvivors(ctx, candidates);
  const identityOf = idMap(identities);
  return groups.map(({ survivor, chats }) => {
    const first = firsts.get(identityOf.get(survivor)?.key ?? "");
    return { survivor: first?._id ?? survivor, chats };
  });
}
