import { majorityWrite } from "../../store/majority.ts";
import { duplicateKeyCode, isServerError } from "../../errors/mongo-errors.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { MigrationError } from "../context/migration-error.ts";
import { otherChatsProblems } from "../context/other-chats.ts";
import type { LockControl } from "../context/migration-records.ts";
import { patiently } from "../context/with-migration-errors.ts";
import { lockHolder, freeLock } from "./lease.ts";

const majority = { writeConcern: majorityWrite } as const;

/**
 * Tells the present runner, on whatever host, and all later ones, to stop at the next checkpoint.
 *
 * @throws MigrationError `PREFLIGHT_REFUSED` where the records are of another collection of chats
 * @example
 * ```ts
 * import { type MigrationContext, setControl } from "@onechat/chat-domain/migrate";
 *
 * export async function pauseForTheNight(migration: MigrationContext): Promise<void> {
 *   await setControl(migration, { action: "pause", by: "ops", reason: "nightly backup" });
 * }
 * ```
 */
export async function setControl(
  ctx: MigrationContext,
  { action, reason, by }: Omit<LockControl, "at">,
): Promise<void> {
  const control: LockControl = { action, reason, by, at: ctx.now() };
  const _id = ctx.model.chats.collection;
  const problems = await patiently(ctx, () => otherChatsProblems(ctx));
  if (problems.length > 0)
    throw new MigrationError("PREFLIGHT_REFUSED", "there is nobody to be told; nothing was written", {
      problems,
    });
  await patiently(ctx, async () => {
    try {
      await ctx.records.locks.updateOne(
        { _id },
        { $set: { control }, $setOnInsert: freeLock },
        { upsert: true, ...majority },
      );
    } catch (error) {
      if (!(isServerError(error) && error.code === duplicateKeyCode)) throw error;
      await ctx.records.locks.updateOne({ _id }, { $set: { control } }, majority);
    }
  });
}

/**
 * Lifts a pause or an abort; `false` when there was none.
 *
 * @example
 * ```ts
 * import { type MigrationContext, liftControl } from "@onechat/chat-domain/migrate";
 *
 * export async function resume(migration: MigrationContext): Promise<boolean> {
 *   return liftControl(migration);
 * }
 * ```
 */
export async function liftControl(ctx: MigrationContext): Promise<boolean> {
  const { locks } = ctx.records;
  const _id = ctx.model.chats.collection;
  // Asked before, as an answer that is lost does not say whether there was one.
  const lock = await patiently(ctx, () => locks.findOne({ _id }));
  if (lock?.control === undefined) return false;
  await patiently(ctx, () => locks.updateOne({ _id }, { $unset: { control: "" } }, majority));
  return true;
}

/**
 * Takes the lease from a runner that is dead. One whose lease has not run out is refused, unless forced.
 * Returns whose it was, or `null` when nobody held it.
 *
 * @throws MigrationError `LOCKED` when the runner is alive
 * @example
 * ```ts
 * import { type MigrationContext, unlock } from "@onechat/chat-domain/migrate";
 *
 * export async function afterACrash(migration: MigrationContext): Promise<void> {
 *   console.log(await unlock(migration));
 * }
 * ```
 */
export function unlock(
  ctx: MigrationContext,
  options: { readonly force?: boolean } = {},
): Promise<string | null> {
  return patiently(ctx, () => takeFrom(ctx, options));
}

async function takeFrom(
  ctx: MigrationContext,
  options: { readonly force?: boolean },
): Promise<string | null> {
  const { locks } = ctx.records;
  const _id = ctx.model.chats.collection;
  const lock = await locks.findOne({ _id });
  if (lock === null || lock.leaseUntil.getTime() === 0) return null;
  const holder = await lockHolder(ctx);
  const expired = options.force === true ? {} : { $expr: { $lt: ["$leaseUntil", "$$NOW"] } };
  const { matchedCount } = await locks.updateOne(
    { _id, owner: lock.owner, ...expired },
    // Still marked as taken: whoever comes next has to reckon with writes that are under way.
    [{ $set: { owner: "", leaseUntil: { $subtract: ["$$NOW", 1] } } }],
    majority,
  );
  if (matchedCount > 0) return holder;
  const message = `the runner is alive (${holder}); stop it, or pass --force if you know that it is gone`;
  throw new MigrationError("LOCKED", message);
}
