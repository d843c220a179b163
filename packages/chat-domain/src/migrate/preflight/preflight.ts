import { uniqueChats } from "../../model/chat-filters.ts";
import { keyField } from "../../model/stored-document.ts";
import { existingIndexes, indexFlaw } from "../../store/key-index.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import { MigrationError, withMigrationErrors } from "../context/migration-error.ts";
import { invalidityOf } from "../keys/chat-validity.ts";
import { missingPrivileges } from "./privileges.ts";
import { missingReferenceIndexes, uniqueReferenceIndexes } from "./reference-indexes.ts";

/** The oldest server whose updates and `$merge` can do what the phases need. */
const oldestVersion = 4.4;
const sampleSize = 100;

/** What stands in the way of a run, and what only deserves a look; read-only. */
export interface PreflightReport {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

export async function preflight(
  ctx: MigrationContext,
  options: { readonly createsReferenceIndexes: boolean },
): Promise<PreflightReport> {
  return withMigrationErrors(async () => {
    const missing = await missingCollections(ctx);
    if (missing.length > 0) return { problems: [...(await serverProblems(ctx)), ...missing], warnings: [] };
    return {
      problems: [
        ...(await serverProblems(ctx)),
        ...(await keyIndexProblems(ctx)),
        ...(await participantProblems(ctx)),
        ...(await conflictProblems(ctx)),
        ...(options.createsReferenceIndexes ? [] : await unindexedReferences(ctx)),
        ...(await missingPrivileges(ctx)),
      ],
      warnings: await referenceWarnings(ctx),
    };
  });
}

/** @throws MigrationError `PREFLIGHT_REFUSED` */
export function refuseProblems(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new MigrationError("PREFLIGHT_REFUSED", "the migration cannot begin; nothing was written", {
    problems,
  });
}

/** A name with a spelling mistake would leave chats or messages behind without a word. */
async function missingCollections({ db, model }: MigrationContext): Promise<readonly string[]> {
  const present = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
  const needed = [model.chats.collection, ...model.references.map(({ collection }) => collection)];
  const listed = present
    .filter((name) => !name.startsWith("system."))
    .toSorted()
    .join(", ");
  return [...new Set(needed)]
    .filter((name) => !present.includes(name))
    .map(
      (name) =>
        `there is no collection ${name} in the database ${db.databaseName}; it has: ${listed || "none"}`,
    );
}

async function serverProblems({ db, model }: MigrationContext): Promise<readonly string[]> {
  const { version } = (await db.admin().command({ buildInfo: 1 })) as { readonly version: string };
  const hello = await db.command({ hello: 1 });
  const problems: string[] = [];
  if (Number.parseFloat(version) < oldestVersion)
    problems.push(`the server is MongoDB ${version}; ${oldestVersion} or newer is needed`);
  if (hello["isWritablePrimary"] !== true || hello["readOnly"] === true)
    problems.push("the server does not take writes: connect to the primary");
  if (hello["msg"] === "isdbgrid") {
    const sharded = await db.client
      .db("config")
      .collection<{ _id: string; key: object }>("collections")
      .findOne({
        _id: `${db.databaseName}.${model.chats.collection}`,
      });
    if (sharded !== null && Object.keys(sharded.key)[0] !== keyField)
      problems.push(
        `${model.chats.collection} is sharded by other fields: a unique index on ${keyField} is impossible`,
      );
  }
  return problems;
}

/** An index of the same field with other options cannot be built over, and judges nothing. */
async function keyIndexProblems(ctx: MigrationContext): Promise<readonly string[]> {
  const same = (await existingIndexes(ctx.chats)).filter(({ key }) => Object.keys(key).join() === keyField);
  return same.flatMap((index) => {
    const flaw = indexFlaw(index);
    return flaw === null ? [] : [`the index ${index.name} of ${ctx.chats.namespace} ${flaw}; drop it first`];
  });
}

/** A wrong path would park every chat there is. */
async function participantProblems(ctx: MigrationContext): Promise<readonly string[]> {
  const { chats } = ctx.model;
  const sample = await ctx.chats.find(uniqueChats(ctx.model), { limit: sampleSize }).toArray();
  if (sample.length < 5 || sample.some((chat) => invalidityOf(ctx.model, chat) === null)) return [];
  return [
    `none of the first ${sample.length} chats has valid ids at ${chats.participants}: is chats.participants the right path?`,
  ];
}

async function conflictProblems(ctx: MigrationContext): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const reference of ctx.model.references) {
    if (reference.onConflict !== undefined) continue;
    for (const { name } of await uniqueReferenceIndexes(ctx, reference)) {
      problems.push(
        `the unique index ${name} of ${reference.collection} holds ${reference.field}: two chats' documents may collide. ` +
          'Say what happens then: "onConflict": "keep-survivor" or "fold"',
      );
    }
  }
  return problems;
}

async function unindexedReferences(ctx: MigrationContext): Promise<readonly string[]> {
  return (await missingReferenceIndexes(ctx)).map(
    ({ collection, field }) =>
      `${collection}.${field} has no index, so every duplicate would cost a scan of ${collection}; ` +
      "build one, or pass --create-reference-indexes",
  );
}

async function referenceWarnings(ctx: MigrationContext): Promise<readonly string[]> {
  const warnings: string[] = [];
  if (ctx.model.references.length === 0)
    warnings.push(
      "no references are configured: what points at a duplicate stays there, visible through aliases only",
    );
  for (const { collection, field } of ctx.model.references) {
    const documents = collectionOf(ctx, collection);
    const sample = await documents.find({}, { limit: sampleSize, projection: { _id: 1 } }).toArray();
    const ids = sample.map(({ _id }) => _id);
    const bearing = await documents.countDocuments({ _id: { $in: ids }, [field]: { $exists: true } });
    if (sample.length > 0 && bearing === 0)
      warnings.push(`none of the first ${sample.length} documents of ${collection} has a field ${field}`);
  }
  return warnings;
}
