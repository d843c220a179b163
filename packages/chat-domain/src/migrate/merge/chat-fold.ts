import { rootOf } from "../../model/stored-document.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { participantPaths } from "../../model/participants-place.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import type { ExactDocument } from "./archive/exact-document.ts";
import { type Exact, exactAt, keyText, withExact } from "./archive/exact-values.ts";
import type { FoldCollection, IdPair, Repointed } from "./fold/fold-sources.ts";
import { type InsideMove, withMoves } from "./references/inside-values.ts";
import { pointersOf, repointingsOf } from "./references/pointers.ts";

/** How chats fold into their survivors. */
export function chatFold(ctx: MigrationContext): FoldCollection {
  const { chats, fold } = ctx.model;
  return {
    collection: chats.collection,
    archive: "archive",
    target: "survivor",
    fold,
    repointing: (pairs) => repointing(ctx, pairs),
    people: chats.perParticipant.length === 0 ? [] : participantPaths(ctx.model),
    turned: (copy, into) => turned(ctx.model, copy, into),
  };
}

/** What is each person's own, in the fields in which the other chat has them. */
function turned(model: ChatModel, copy: ExactDocument, into: ExactDocument): ExactDocument {
  const { perParticipant } = model.chats;
  if (perParticipant.length === 0) return copy;
  const peopleOf = (document: ExactDocument): readonly (string | null)[] =>
    participantPaths(model).map((path) => keyText(exactAt(document, path)));
  const theirs = peopleOf(copy);
  const places = peopleOf(into).map((person, at) => (person === theirs[at] ? at : theirs.indexOf(person)));
  return perParticipant.reduce(
    (result, fields) =>
      fields.reduce((changed, field, at) => {
        const source = fields[places[at] ?? at];
        return source === undefined || source === field
          ? changed
          : withExact(changed, field, exactAt(copy, source));
      }, result),
    copy,
  );
}

/** References of chats to chats that lie inside folded fields follow as they do everywhere else. */
async function repointing(ctx: MigrationContext, pairs: readonly IdPair[]): Promise<Repointed> {
  const roots = new Set(Object.keys(ctx.model.fold).map(rootOf));
  const inside = ctx.model.references.filter(
    ({ collection, field, leave }) =>
      leave === undefined && collection === ctx.model.chats.collection && roots.has(rootOf(field)),
  );
  const moves = await Promise.all(inside.map((reference) => movesOf(ctx, pairs, reference)));
  return (document) =>
    moves.flat().reduce((moved, { field, move }) => {
      const root = rootOf(field);
      const value: Exact = moved.get(root);
      const after = value === undefined ? undefined : withMoves(value, field, [move]);
      return after === value ? moved : eachOnce(moved, withExact(moved, root, after), { field, move });
    }, document);
}

/** An array of plain ids has a survivor once where a duplicate of it was, as it has wherever ids move. */
function eachOnce(before: ExactDocument, after: ExactDocument, { field, move }: FieldMove): ExactDocument {
  const [ids, moved] = [exactAt(before, field), exactAt(after, field)];
  if (!Array.isArray(ids) || !Array.isArray(moved)) return after;
  const held = new Set(ids.map(keyText));
  const came = move.repointings.filter(({ from }) => held.has(keyText(from)));
  const survivors = new Set(came.map(({ to }) => keyText(to)));
  const places = new Map(moved.map((id, at) => [keyText(id), at] as const).toReversed());
  const once = moved.filter((id, at) => !survivors.has(keyText(id)) || places.get(keyText(id)) === at);
  return withExact(after, field, once);
}

interface FieldMove {
  readonly field: string;
  readonly move: InsideMove;
}

async function movesOf(
  ctx: MigrationContext,
  pairs: readonly IdPair[],
  reference: ReferenceModel,
): Promise<readonly FieldMove[]> {
  const merges = pairs.map(({ loser, survivor }) => ({ loser, survivor, epoch: 0 }));
  const repointings = (await pointersOf(ctx, merges, reference)).flatMap((pointer) =>
    repointingsOf(pointer, reference.prefix),
  );
  return [{ field: reference.field, move: { repointings, policy: reference } }];
}
