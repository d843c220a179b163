import { migrationHistory } from "@onechat/chat-domain/migrate";
import type { Answer } from "../answer.ts";
import { runText } from "../render-run.ts";
import type { Session } from "../session.ts";

const runsShown = 20;

/** The runs so far, newest first. */
export async function history({ ctx, settings }: Session): Promise<Answer> {
  const runs = await migrationHistory(ctx, { limit: settings.limit ?? runsShown });
  const text = runs.length === 0 ? "No runs so far" : runs.map(runText).join("\n");
  return { exit: "ok", text, json: { runs } };
}
