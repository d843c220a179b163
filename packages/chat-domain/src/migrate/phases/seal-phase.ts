import type { Document } from "mongodb";
import { isServerError } from "../../errors/mongo-errors.ts";
import { keyField, mergedIntoField } from "../../model/stored-document.ts";
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
  if (!(await canSeal(ctx))) {
    const message = "not sealed: this server has no collMod, so it cannot refuse chats without a key";
    ctx.tell({ event: "note", message });
    return;
  }
  const before = await validationOf(ctx);
  await write.update("migrator_runs", [{ q: { _id: run.id }, u: { $set: { sealedFrom: before } } }]);
  const validator = { $and: [before["validator"] ?? {}, demand(ctx)] };
  const validationLevel: unknown = before["validator"] === undefined ? "moderate" : before["validationLevel"];
  await write.administer({
    collMod: ctx.model.chats.collection,
    validator,
    validationLevel,
    validationAction: "error",
  });
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
    "migrator_runs",
    runs.map(({ _id }) => ({ q: { _id }, u: { $unset: { sealedFrom: "" } } })),
  );
}

/** Whether the server has collMod: asked about a collection that does not exist, it says so or names the collection. */
export async function canSeal({ db }: MigrationContext): Promise<boolean> {
  try {
    await db.command({ collMod: "migrator_has_no_such_collection" });
    return true;
  } catch (error) {
    if (isServerError(error)) return error.code !== commandNotFound;
    throw error;
  }
}

export async function isSealed(ctx: MigrationContext): Promise<boolean> {
  const { validator } = await validationOf(ctx);
  return JSON.stringify(validator ?? null).includes(JSON.stringify(demand(ctx)));
}

function demand({ model }: MigrationContext): Document {
  return {
    $or: [
      { [keyField]: { $type: "string" } },
      { [mergedIntoField]: { $exists: true, $ne: null } },
      { $nor: [model.chats.where] },
    ],
  };
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
