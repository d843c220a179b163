import type { NativeId } from "../../identity/native-id.ts";
import { type IdMap, idMap } from "../../identity/stored-ids.ts";
import { recordName } from "../../model/own-names.ts";
import type { Run } from "../run/run.ts";
import type { UpdateStatement } from "../run/write-statements.ts";
import { changeDocuments, type DocumentChange } from "./fold/changed-document.ts";
import { type FoldCollection, foldedDocuments } from "./fold/fold-sources.ts";
import { withReturnedElements } from "./fold/returned-elements.ts";
import type { Returning } from "./fold/unfold-documents.ts";

/**
 * Edits and deletions of elements go back to the chats or rows that they came from, before others lose these elements.
 * What is given back is written down first: whoever does this again takes it for no change of the chat's or row's own.
 * `standing`: what is there in place of a row that cannot come back, and gets what that would get. Returns whether none of
 * these has changed meanwhile.
 */
export async function returnElements(
  run: Run,
  { collection, archive, fold, repointing }: FoldCollection,
  all: readonly Returning[],
  standing: IdMap<NativeId> = idMap([]),
): Promise<boolean> {
  const placeOf = (from: NativeId): NativeId => standing.get(from) ?? from;
  const documents = idMap(
    await foldedDocuments(
      run.ctx,
      { collection, fold },
      all.map(({ from }) => placeOf(from)),
    ),
  );
  const changes: DocumentChange[] = [];
  const records: UpdateStatement[] = [];
  for (const returning of all) {
    const { into, label } = returning;
    const id = placeOf(returning.from);
    const from = documents.get(id);
    if (from === undefined) continue;
    const repointedBack = await repointing({ pairs: [{ loser: into, survivor: id }] });
    const repointed = await repointing({ pairs: [{ loser: id, survivor: into }], documents: [from] });
    const { document: to, names } = withReturnedElements(fold, from, {
      ...returning,
      repointed,
      repointedBack,
    });
    if (to !== from) changes.push({ id, from, to, read: [] });
    if (names.length > 0)
      records.push({ q: { _id: label }, u: { $addToSet: { returned: { $each: names } } } });
  }
  const name = archive === "archive" ? "chats_archive" : "chat_rows_archive";
  await run.write.update(recordName(run.ctx.model, name), records);
  return changeDocuments(run, collection, changes);
}
