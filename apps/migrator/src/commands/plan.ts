import { type MigrationPlan, planMigration } from "@onechat/chat-domain/migrate";
import type { Answer } from "../answer.ts";
import type { ExitName } from "../exit-codes.ts";
import { renderPlan } from "../render-plan.ts";
import type { Session } from "../session.ts";

/** What `up` would find and do; reads only. */
export async function plan(session: Session): Promise<Answer> {
  const found = await planned(session);
  return {
    exit: exitOfPlan(session, found),
    text: renderPlan(session.ctx, found),
    json: { ...placeOf(session), ...found },
  };
}

/** What `up` would come to: refused, or finished with parked chats. */
export function exitOfPlan(
  { settings }: Session,
  { problems, invalid, pending }: Pick<MigrationPlan, "problems" | "invalid" | "pending">,
): ExitName {
  if (problems.length > 0) return "refused";
  if (invalid.length > 0) return "parked";
  return settings.exitCode && pending ? "pending" : "ok";
}

/** What was looked at, for whoever reads only the JSON. */
export function placeOf({ ctx }: Session): { readonly database: string; readonly collection: string } {
  return { database: ctx.db.databaseName, collection: ctx.model.chats.collection };
}

export async function planned({ ctx, settings, host, progress }: Session): Promise<MigrationPlan> {
  progress.begin("looking at chats");
  let before = 0;
  const found = await planMigration(ctx, {
    to: settings.to,
    createReferenceIndexes: settings.createReferenceIndexes,
    signal: host.signal,
    onProgress(done, total) {
      progress.add({ done, total, batch: done - before, batchMs: 0 });
      before = done;
    },
  });
  progress.end();
  return found;
}
