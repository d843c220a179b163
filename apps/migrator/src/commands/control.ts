import { liftControl, setControl } from "@onechat/chat-domain/migrate";
import type { Answer } from "../answer.ts";
import type { Session } from "../session.ts";

/** Stops runners, on whatever host, at their next checkpoint, until `resume`. */
export function pause(session: Session): Promise<Answer> {
  return order(session, "pause");
}

/** As `pause`, but the runner ends as failed. */
export function abort(session: Session): Promise<Answer> {
  return order(session, "abort");
}

/** Lifts `pause` and `abort`. */
export async function resume({ ctx }: Session): Promise<Answer> {
  const lifted = await liftControl(ctx);
  const text = lifted
    ? "Lifted: runs may go on; start migrator up again"
    : "Nothing to do: there was no order";
  return { exit: "ok", text, json: { lifted } };
}

async function order({ ctx, settings, host }: Session, action: "pause" | "abort"): Promise<Answer> {
  const { reason } = settings;
  await setControl(ctx, { action, reason, by: host.operator });
  const text = `Ordered: runners stop at their next checkpoint, and later ones at once, until migrator resume`;
  return { exit: "ok", text, json: { action, reason, by: host.operator } };
}
