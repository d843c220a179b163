import { ownField, type OwnFieldName, recordName } from "../../model/own-names.ts";
import type { Document } from "mongodb";
import { isServerError, isTransient } from "../../errors/mongo-errors.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import type { Run } from "../run/run.ts";

const commandNotFound = 59;

/**
 * From here the server itself refuses a chat without a key, so that a forgotten old version fails loudly instead of
 * making duplicates. Chats that exist without one, such as parked ones, may still be changed.
 */
export async function sealPhase(run: Run): Promise<void> {
  const { ctx, write } = run;
  if (await isSealed(ctx)) return;
  if (!(await canSeal(ctx))) return tellUnsealed(ctx);
  if (await renewSeal(run)) return;
  const before = await validationOf(ctx);
  await write.update(recordName(ctx.model, "migrator_runs"), [
    { q: { _id: run.id }, u: { $set: { sealedFrom: before } } },
  ]);
  // A validator that only warned refuses nothing under the seal either; what the application could write, it can still.
  const refuses = before["validator"] !== undefined && before["validationAction"] !== "warn";
  await seal(run, {
    others: refuses ? [before["validator"]] : [],
    validationLevel: refuses ? before["validationLevel"] : "moderate",
  });
}

/**
 * A seal of an earlier version would let no chat lose its key: it gives way to the present one. What stood there before
 * is remembered with the earlier one. Returns whether there was one.
 */
export async function renewSeal(run: Run): Promise<boolean> {
  const { validator, validationLevel } = await validationOf(run.ctx);
  const others = withoutEarlierDemand(run.ctx, validator);
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

export async function isSealed(ctx: MigrationContext): Promise<boolean> {
  const { validator } = await validationOf(ctx);
  return JSON.stringify(validator ?? null).includes(JSON.stringify(demand(ctx)));
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

/** The parts of a validator besides an earlier version's seal; `null` where that is none of them. */
function withoutEarlierDemand(ctx: MigrationContext, validator: unknown): readonly unknown[] | null {
  const parts: unknown =
    typeof validator === "object" && validator !== null ? Reflect.get(validator, "$and") : undefined;
  if (!Array.isArray(parts)) return null;
  const earlier = JSON.stringify(earlierDemand(ctx));
  const others = parts.filter((part) => JSON.stringify(part) !== earlier);
  return others.length < parts.length ? others : null;
}

async function validationOf({ db, model }: MigrationContext): Promise<Readonly<Record<string, unknown>>> {
  const [info] = await db.listCollections({ name: model.chats.collection }, { nameOnly: false }).toArray();
  const options: Document = info !== undefined && "options" in info ? (info.options ?? {}) : {};
  const { validator, validationLevel, validationAction } = options;
  return Object.fromEntries(
    Object.entries({ validator, validationLevel, validationAction }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}
