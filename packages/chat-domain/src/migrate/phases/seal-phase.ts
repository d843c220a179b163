import { ownField, type OwnFieldName, recordName } from "../../model/own-names.ts";
import type { Document } from "mongodb";
import { isServerError, isTransient } from "../../errors/mongo-errors.ts";
import type { NativeId } from "../../identity/native-id.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import { readAs } from "../../store/majority.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { saveUnkeyed } from "../journal/originals.ts";
import { nextChats } from "../keys/scan-chats.ts";
import type { Run } from "../run/run.ts";

const commandNotFound = 59;

/**
 * From here the server itself refuses a chat without a key, so that a forgotten old version fails loudly instead of
 * making duplicates. Chats that exist without one, such as parked ones, may still be changed.
 */
export async function sealPhase(run: Run): Promise<void> {
  const { ctx } = run;
  if (await isSealed(ctx)) return;
  if (!(await canSeal(ctx))) return tellUnsealed(ctx);
  if (await renewSeal(run)) return;
  const before = await validationOf(ctx);
  const others = withoutDemand(before["validator"], demand(ctx));
  if (others === null) return sealFirst(run, before);
  // Somebody has turned it off.
  const { validationLevel } = before;
  await seal(run, { others, validationLevel: validationLevel === "off" ? "moderate" : validationLevel });
}

async function sealFirst(run: Run, before: Readonly<Record<string, unknown>>): Promise<void> {
  await run.write.update(recordName(run.ctx.model, "migrator_runs"), [
    { q: { _id: run.id }, u: { $set: { sealedFrom: before } } },
  ]);
  const { validator, validationLevel } = before;
  // A validator that refused nothing refuses nothing under the seal either; what the application could write, it can still.
  if (validator === undefined || !isEnforced(before))
    return seal(run, { others: [], validationLevel: "moderate" });
  if (validationLevel !== "moderate") await excuseKeyless(run);
  await seal(run, { others: [validator], validationLevel });
}

/** A strict validator looks at every change: nobody could write to chats that have no key any more, such as parked ones. */
async function excuseKeyless(run: Run): Promise<void> {
  const { ctx, write } = run;
  const filter = { $nor: [demand(ctx)] };
  for (let after: NativeId | null = null; ;) {
    const limit = run.batch.current();
    const keyless: readonly StoredDocument[] = await nextChats(ctx, { filter, after, limit });
    const ids = keyless.map(({ _id }) => _id);
    const last = ids.at(-1);
    if (last === undefined) return;
    await saveUnkeyed(run, ids);
    await write.update(
      ctx.model.chats.collection,
      ids.map((_id) => ({
        q: { _id, ...filter },
        u: { $set: { [ownField(ctx.model, "unkeyedAt")]: ctx.now() } },
      })),
    );
    await run.checkpoint("seal", {});
    if (ids.length < limit) return;
    after = last;
  }
}

function isEnforced({ validationLevel, validationAction }: Readonly<Record<string, unknown>>): boolean {
  return validationLevel !== "off" && validationAction !== "warn";
}

/**
 * A seal of an earlier version would let no chat lose its key: it gives way to the present one. What stood there before
 * is remembered with the earlier one. Returns whether there was one.
 */
export async function renewSeal(run: Run): Promise<boolean> {
  const { validator, validationLevel } = await validationOf(run.ctx);
  const others = withoutDemand(validator, earlierDemand(run.ctx));
  if (others === null || !(await canSeal(run.ctx))) return false;
  await seal(run, { others, validationLevel });
  return true;
}

async function seal(
  { ctx, write }: Run,
  { others, validationLevel }: { readonly others: readonly unknown[]; readonly validationLevel: unknown },
): Promise<void> {
  await write.administer({
    collMod: ctx.model.chats.collection,
    validator: { $and: [...others, demand(ctx)] },
    validationLevel,
    validationAction: "error",
  });
}

export function tellUnsealed(ctx: MigrationContext): void {
  const message = "not sealed: this server has no collMod, so it cannot refuse chats without a key";
  ctx.emit({ event: "note", message });
}

/** Puts the validator back that stood there before. */
export async function unseal(run: Run): Promise<void> {
  const { ctx, write } = run;
  const sealed = await ctx.records.runs.findOne(
    { sealedFrom: { $exists: true } },
    { sort: { startedAt: 1 } },
  );
  if (sealed?.sealedFrom === undefined) return;
  const { validator = {}, validationLevel = "strict", validationAction = "error" } = sealed.sealedFrom;
  await write.administer({
    collMod: ctx.model.chats.collection,
    validator,
    validationLevel,
    validationAction,
  });
  const runs = await ctx.records.runs
    .find({ sealedFrom: { $exists: true } }, { projection: { _id: 1 } })
    .toArray();
  await write.update(
    recordName(ctx.model, "migrator_runs"),
    runs.map(({ _id }) => ({ q: { _id }, u: { $unset: { sealedFrom: "" } } })),
  );
}

/** Whether the server has collMod: asked about a collection that does not exist, it says so or names the collection. */
export async function canSeal({ db }: MigrationContext): Promise<boolean> {
  try {
    await db.command({ collMod: "migrator_has_no_such_collection" });
    return true;
  } catch (error) {
    if (isServerError(error) && !isTransient(error)) return error.code !== commandNotFound;
    throw error;
  }
}

/** Whether the server refuses what it is to refuse: somebody may have turned its validator off. */
export async function isSealed(ctx: MigrationContext): Promise<boolean> {
  const validation = await validationOf(ctx);
  return isEnforced(validation) && withoutDemand(validation["validator"], demand(ctx)) !== null;
}

/** What the server lets pass of the chats that `where` selects: those with a key, and those that ought to have none. */
function demand({ model }: MigrationContext): Document {
  const isThere = (name: OwnFieldName): Document => ({
    [ownField(model, name)]: { $exists: true, $ne: null },
  });
  return {
    $or: [
      { [model.chats.keyField]: { $type: "string" } },
      isThere("mergedInto"),
      isThere("releasedAt"),
      isThere("unkeyedAt"),
      { $nor: [model.chats.where] },
    ],
  };
}

/** An earlier version's seal knows of no released chats. */
function earlierDemand(ctx: MigrationContext): Document {
  const [key, merged, , , unselected] = demand(ctx)["$or"] as readonly Document[];
  return { $or: [key, merged, unselected] };
}

/** The parts of a validator besides a seal; `null` where that is none of them. */
function withoutDemand(validator: unknown, sealing: Document): readonly unknown[] | null {
  const parts: unknown =
    typeof validator === "object" && validator !== null ? Reflect.get(validator, "$and") : undefined;
  if (!Array.isArray(parts)) return null;
  const others = parts.filter((part) => JSON.stringify(part) !== JSON.stringify(sealing));
  return others.length < parts.length ? others : null;
}

async function validationOf({ db, model }: MigrationContext): Promise<Readonly<Record<string, unknown>>> {
  const named = { name: model.chats.collection };
  const [info] = await db.listCollections(named, { ...readAs, nameOnly: false }).toArray();
  const options: Document = info !== undefined && "options" in info ? (info.options ?? {}) : {};
  const { validator, validationLevel, validationAction } = options;
  return Object.fromEntries(
    Object.entries({ validator, validationLevel, validationAction }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}
