import type { Document } from "mongodb";
import { storedParticipants } from "../../model/chat-document.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import { dbRefOf } from "../../model/field-path.ts";
import { isLive, ownField } from "../../model/own-names.ts";
import { participantPaths, participantsPath } from "../../model/participants-place.ts";
import { rootOf, valueAt } from "../../model/stored-document.ts";
import type { Merge } from "../context/migration-records.ts";
import { isQuick } from "../keys/claim-statement.ts";
import type { Run } from "../run/run.ts";
import type { Refusal } from "../run/write-outcome.ts";
import { isMissing, type UpdateStatement } from "../run/write-statements.ts";
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
  if (!isQuick(model) || isOfDbRefs(model))
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
  statement: (one: SeenMerge) => UpdateStatement,
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

/**
 * The condition is an expression and the filter only the `_id`, which spares the server a query plan for every loser.
 */
function quickCommit(model: ChatModel, { merge, loser, mergedAt }: Commit): UpdateStatement {
  const [mergedInto, since] = [ownField(model, "mergedInto"), ownField(model, "mergedAt")];
  const { where, scope } = model.chats;
  const asSeen = {
    $and: [
      isMissing(model.chats.keyField),
      isNothing(mergedInto),
      isNothing(ownField(model, "releasedAt")),
      ...Object.entries(where).map(([field, value]) => ({ $eq: [`$${field}`, { $literal: value }] })),
      ...(scope === null ? [] : [isSame(scope, valueAt(loser.chat, scope))]),
      isOfSamePeople(model, loser),
    ],
  };
  return {
    q: { _id: merge.loser },
    u: [
      {
        $set: {
          [mergedInto]: { $cond: [asSeen, { $literal: merge.survivor }, `$${mergedInto}`] },
          [since]: { $cond: [asSeen, mergedAt, `$${since}`] },
        },
      },
    ],
  };
}

function carefulCommit(model: ChatModel, { merge, loser, mergedAt }: Commit): UpdateStatement {
  const { where, scope, keyField } = model.chats;
  const people = isOfDbRefs(model)
    ? Object.fromEntries(
        participantPaths(model)
          .map(rootOf)
          .map((root) => [root, { $eq: loser.chat[root] }]),
      )
    : { $expr: isOfSamePeople(model, loser) };
  return {
    q: {
      _id: merge.loser,
      [keyField]: { $exists: false },
      [ownField(model, "mergedInto")]: null,
      [ownField(model, "releasedAt")]: null,
      ...(scope === null ? {} : { [scope]: seenScope(valueAt(loser.chat, scope)) }),
      $and: [where],
      ...people,
    },
    u: {
      $set: { [ownField(model, "mergedInto")]: merge.survivor, [ownField(model, "mergedAt")]: mergedAt },
    },
  };
}

/** An expression cannot name the id of a DBRef. */
function isOfDbRefs(model: ChatModel): boolean {
  return participantPaths(model).some((path) => dbRefOf(path) !== null);
}

function seenScope(value: unknown): Document {
  return value === undefined ? { $exists: false } : { $eq: value };
}

/** Element by element: of a path into an array the server leaves out the elements that are no documents. */
function isOfSamePeople(model: ChatModel, { chat }: ChatState): Document {
  const path = participantsPath(model);
  if (path === null)
    return { $and: participantPaths(model).map((field) => isSame(field, valueAt(chat, field))) };
  const { array, element } = path;
  const people = `$${array}`;
  const present = element === null ? people : { $map: { input: people, in: `$$this.${element}` } };
  const seen = { $literal: storedParticipants(model, chat) };
  return { $and: [{ $isArray: people }, { $eq: [{ $cond: [{ $isArray: people }, present, []] }, seen] }] };
}

function isSame(field: string, value: unknown): Document {
  return value === undefined ? isMissing(field) : { $eq: [`$${field}`, { $literal: value }] };
}

function isNothing(field: string): Document {
  return { $eq: [{ $ifNull: [`$${field}`, null] }, null] };
}
