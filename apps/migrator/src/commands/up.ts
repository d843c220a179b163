import { migrateUp } from "@onechat/chat-domain/migrate";
import type { Answer } from "../answer.ts";
import { renderPlan } from "../render-plan.ts";
import { nothingWritten, runOptions, runToEnd } from "../run-command.ts";
import type { Session } from "../session.ts";
import { exitOfPlan, placeOf, planned } from "./plan.ts";

/** Migrates up to a phase; without `--execute` it only says what it would do. */
export async function up(session: Session): Promise<Answer> {
  const { ctx, settings } = session;
  if (!settings.execute) return whatUpWouldDo(session);
  const { to, createReferenceIndexes, confirmDrained, retryParked } = settings;
  return runToEnd(session, { command: "up", to }, () =>
    migrateUp(ctx, { ...runOptions(session), to, createReferenceIndexes, confirmDrained, retryParked }),
  );
}

async function whatUpWouldDo(session: Session): Promise<Answer> {
  const found = await planned(session);
  const { to } = session.settings;
  const refused = found.problems.length > 0;
  const end = refused || !found.pending ? "Nothing was written." : nothingWritten(`migrator up --to ${to}`);
  return {
    exit: exitOfPlan(session, found),
    text: `${renderPlan(session.ctx, found)}\n${end}`,
    json: { ...placeOf(session), executed: false, to, plan: found },
  };
}
