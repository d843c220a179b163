import { idMap } from "../../identity/stored-ids.ts";
import type { Run } from "../run/run.ts";
import { changeDocuments, type DocumentChange } from "./fold/changed-document.ts";
import { type FoldCollection, foldedDocuments } from "./fold/fold-sources.ts";
import { withReturnedElements } from "./fold/returned-elements.ts";
import type { Returning } from "./fold/unfold-documents.ts";

/** Edits and deletions of elements go back to the chats or rows that they came from, before others lose these elements. */
export async function returnElements(
  run: Run,
  { collection, fold, repointing }: Pick<FoldCollection, "collection" | "fold" | "repointing">,
  all: readonly Returning[],
): Promise<void> {
  const documents = idMap(
    await foldedDocuments(
      run.ctx,
      { collection, fold },
      all.map(({ from }) => from),
    ),
  );
  const changes: DocumentChange[] = [];
  for (const returning of all) {
    const document = documents.get(returning.from);
    if (document === undefined) continue;
    const repointedBack = await repointing([{ loser: returning.into, survivor: returning.from }]);
    const repointed = await repointing([{ loser: returning.from, survivor: returning.into }]);
    const to = withReturnedElements(fold, document, { ...returning, repointed, repointedBack });
    if (to !== document) changes.push({ id: returning.from, from: document, to, read: [], filter: {} });
  }
  await changeDocuments(run, collection, changes);
}
