import type { ChatModel } from "../../model/chat-model.ts";
import { rootsOf } from "../../model/nested-fields.ts";
import { referencesInFolds } from "../../model/references-in-folds.ts";
import { participantPaths } from "../../model/participants-place.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import type { ExactDocument } from "./archive/exact-document.ts";
import { exactAt, keyText, withExact } from "./archive/exact-values.ts";
import { followed } from "./followed-references.ts";
import type { FoldCollection } from "./fold/fold-sources.ts";

/** How chats fold into their survivors. */
export function chatFold(ctx: MigrationContext): FoldCollection {
  const { chats, fold } = ctx.model;
  return {
    collection: chats.collection,
    archive: "archive",
    target: "survivor",
    fold,
    repointing: (following) => followed(ctx, following),
    following: new Set(rootsOf(referencesInFolds(ctx.model).map(({ field }) => field))),
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
