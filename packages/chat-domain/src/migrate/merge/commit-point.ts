import type { ChatModel } from "../../model/chat-model.ts";
import { isLive, ownField } from "../../model/own-names.ts";
import type { Merge } from "../context/migration-records.ts";
import { freeChat, isQuick, seenFree } from "../keys/claim-statement.ts";
import type { Run } from "../run/run.ts";
import type { Refusal } from "../run/write-outcome.ts";
import type { ChangeAsSeen, UpdateStatement } from "../run/write-statements.ts";
import type { ChatState } from "./chat-states.ts";
import { tombstones } from "./tombstones.ts";

/** A merge, and its loser as the survey has seen it. */
export interface SeenMerge {
  readonly merge: Merge;
  readonly loser: ChatState;
}

export interface RefusedMerge {
  readonly merge: Merge;
  readonly refusal: Refusal;
}

/**
 * The commit point: tombstone and redirect in one document, if the loser still is of the people as it was seen, without
 * a key, neither merged nor released, and selected by `where`. Returns what the server refuses; what has changed stays
 * as it is.
 */
export async function commitMerges(run: Run, seen: readonly SeenMerge[]): Promise<readonly RefusedMerge[]> {
  const { model } = run.ctx;
  const mergedAt = run.ctx.now();
  const open = seen.filter(({ loser }) => isLive(model, loser.chat));
  if (!isQuick(model))
    return commit(run, open, ({ merge, loser }) => carefulCommit(model, { merge, loser, mergedAt }));
  const refused = await commit(run, open, ({ merge, loser }) =>
    quickCommit(model, { merge, loser, mergedAt }),
  );
  // Where the field of an equality is an array, the filter finds what the expression does not.
  const done = await tombstones(
    run.ctx,
    open.map(({ merge }) => merge.loser),
  );
  const left = open.filter(
    ({ merge }) => !done.has(merge.loser) && !refused.some((other) => other.merge === merge),
  );
  const again = await commit(run, left, ({ merge, loser }) =>
    carefulCommit(model, { merge, loser, mergedAt }),
  );
  return [...refused, ...again];
}

async function commit(
  run: Run,
  seen: readonly SeenMerge[],
  statement: (one: SeenMerge) => UpdateStatement | ChangeAsSeen,
): Promise<readonly RefusedMerge[]> {
  const { refusals } = await run.write.update(run.ctx.model.chats.collection, seen.map(statement));
  return refusals.flatMap((refusal) => {
    const merge = seen[refusal.index]?.merge;
    return merge === undefined ? [] : [{ merge, refusal }];
  });
}

interface Commit extends SeenMerge {
  readonly mergedAt: Date;
}

function quickCommit(model: ChatModel, { merge, loser, mergedAt }: Commit): ChangeAsSeen {
  return {
    _id: merge.loser,
    seen: seenFree(model, loser.chat),
    set: tombstoneFields(model, { merge, mergedAt }),
  };
}

function carefulCommit(model: ChatModel, { merge, loser, mergedAt }: Commit): UpdateStatement {
  return { q: freeChat(model, loser.chat), u: { $set: tombstoneFields(model, { merge, mergedAt }) } };
}

function tombstoneFields(
  model: ChatModel,
  { merge, mergedAt }: Pick<Commit, "merge" | "mergedAt">,
): Readonly<Record<string, unknown>> {
  return { [ownField(model, "mergedInto")]: merge.survivor, [ownField(model, "mergedAt")]: mergedAt };
}
