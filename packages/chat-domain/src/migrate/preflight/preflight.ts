import { identityProjection } from "../../model/chat-document.ts";
import { uniqueChats } from "../../model/chat-filters.ts";
import { participantPaths } from "../../model/participants-place.ts";
import { existingIndexes, indexFlaw, keyIndexes } from "../../store/key-index.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { MigrationError } from "../context/migration-error.ts";
import { otherChatsProblems } from "../context/other-chats.ts";
import { patiently } from "../context/with-migration-errors.ts";
import { invalidReason } from "../keys/chat-validity.ts";
import { unfitCollections } from "./collections.ts";
import { countedDocuments } from "./counted-documents.ts";
import { crossedChats } from "./crossed-chats.ts";
import { comparedReferences } from "./compared-references.ts";
import { differingFolds } from "./differing-folds.ts";
import { checked, type PreflightCheck, type PreflightReport, together } from "./findings.ts";
import {
  collatedCollections,
  collatedUniqueIndexes,
  expiringChats,
  foldedUniqueIndexes,
} from "./index-obstacles.ts";
import { keyFieldProblems, movedKeyProblems } from "./key-field.ts";
import { rowMisfits } from "./fold-misfits.ts";
import { lostContent } from "./lost-content.ts";
import { mapKeyConflicts } from "./parts-in-conflict.ts";
import { foreignFields } from "./own-fields.ts";
import { foreignRecords } from "./own-records.ts";
import { missingPrivileges } from "./privileges.ts";
import {
  collatedReferenceIndexes,
  missingReferenceIndexes,
  uniqueReferenceIndexes,
} from "./reference-indexes.ts";
import { referenceValues } from "./reference-values.ts";
import { roomForIndexes } from "./room-for-indexes.ts";
import { serverProblems } from "./server.ts";
import { sharedTargets } from "./shared-targets.ts";
import { targetIndexes } from "./target-indexes.ts";
import { unanswerableFilters } from "./unanswerable-filters.ts";
import { otherwiseBegunMerges } from "./unfinished-merges.ts";
import { strictValidators } from "./validators.ts";

const sampleSize = 100;

const checks: readonly PreflightCheck[] = [
  crossedChats,
  keyIndexProblems,
  async (ctx) => ({ problems: await keyFieldProblems(ctx), warnings: [] }),
  async (ctx) => ({ problems: await otherwiseBegunMerges(ctx), warnings: [] }),
  participantProblems,
  conflictProblems,
  foreignRecords,
  foreignFields,
  strictValidators,
  foldedUniqueIndexes,
  collatedUniqueIndexes,
  collatedCollections,
  expiringChats,
  unservedReferences,
  targetIndexes,
  referenceValues,
  comparedReferences,
  lostContent,
  sharedTargets,
  mapKeyConflicts,
  rowMisfits,
  differingFolds,
  countedDocuments,
  roomForIndexes,
];

/**
 * Everything that can be seen to stand in the way before anything is written; read-only. `isReadable`: the collections are
 * there and are no views, and no filter fails.
 */
export async function preflight(
  ctx: MigrationContext,
  options: { readonly createsReferenceIndexes: boolean },
): Promise<PreflightReport & { readonly isReadable: boolean }> {
  return patiently(ctx, async () => {
    const basis = await checked(ctx, [serverProblems, unfitCollections, unanswerableFilters]);
    // Of a view, of nothing, or by a filter that fails there is nothing more to be seen.
    if (basis.problems.length > 0) return { ...basis, isReadable: false };
    const report = together([
      await checked(ctx, options.createsReferenceIndexes ? checks : [...checks, unindexedReferences]),
      { problems: await missingPrivileges(ctx), warnings: [] },
    ]);
    return { ...report, isReadable: true };
  });
}

/** What stands in the way of going back: nothing that the migration itself would mind in the application's data. */
export function rollbackProblems(ctx: MigrationContext): Promise<readonly string[]> {
  return patiently(ctx, async () => [
    ...(await otherChatsProblems(ctx)),
    ...(await movedKeyProblems(ctx)),
    ...(await checked(ctx, [serverProblems, unfitCollections])).problems,
    ...(await missingPrivileges(ctx)),
  ]);
}

/** @throws MigrationError `PREFLIGHT_REFUSED` */
export function refuseProblems(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new MigrationError("PREFLIGHT_REFUSED", "the migration cannot begin; nothing was written", {
    problems,
  });
}

/** An index of the same field with other options cannot be built over, and judges nothing. */
async function keyIndexProblems(ctx: MigrationContext): Promise<PreflightReport> {
  const same = keyIndexes(await existingIndexes(ctx.chats), ctx.model.chats.keyField);
  const problems = same.flatMap((index) => {
    const flaw = indexFlaw(index);
    return flaw === null ? [] : [`the index ${index.name} of ${ctx.chats.namespace} ${flaw}; drop it first`];
  });
  return { problems, warnings: [] };
}

/** A wrong path would park every chat there is. */
async function participantProblems(ctx: MigrationContext): Promise<PreflightReport> {
  const projection = identityProjection(ctx.model);
  const sample = await ctx.chats.find(uniqueChats(ctx.model), { projection, limit: sampleSize }).toArray();
  const isRight = sample.length < 5 || sample.some((chat) => invalidReason(ctx.model, chat) === null);
  const problem = `none of the first ${sample.length} chats has valid ids at ${participantPaths(ctx.model).join(", ")}: is chats.participants the right path?`;
  return { problems: isRight ? [] : [problem], warnings: [] };
}

async function conflictProblems(ctx: MigrationContext): Promise<PreflightReport> {
  const problems: string[] = [];
  for (const reference of ctx.model.references) {
    if (reference.onConflict !== undefined || reference.leave === true) continue;
    for (const { name } of await uniqueReferenceIndexes(ctx, reference)) {
      problems.push(
        `the unique index ${name} of ${reference.collection} holds ${reference.field}: two chats' documents may collide. ` +
          'Say what happens then: "onConflict": "keep-survivor" or "fold"',
      );
    }
  }
  return { problems, warnings: [] };
}

/** Not even an index that is built on demand would do: it would have the collation of its collection, or be taken for the other. */
async function unservedReferences(ctx: MigrationContext): Promise<PreflightReport> {
  const problems: string[] = [];
  for (const reference of await missingReferenceIndexes(ctx)) {
    for (const { name } of await collatedReferenceIndexes(ctx, reference)) {
      problems.push(
        `the index ${name} of ${reference.collection} compares ${reference.field} with a collation, onechat exactly: build ` +
          `one on ${reference.field} with the collation {"locale": "simple"}`,
      );
    }
  }
  return { problems, warnings: [] };
}

async function unindexedReferences(ctx: MigrationContext): Promise<PreflightReport> {
  const problems = (await missingReferenceIndexes(ctx)).map(
    ({ collection, field }) =>
      `${collection}.${field} has no index, so every duplicate would cost a scan of ${collection}; ` +
      "build one, or pass --create-reference-indexes",
  );
  return { problems, warnings: [] };
}
