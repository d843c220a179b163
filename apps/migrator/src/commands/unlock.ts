import { unlock as takeLease } from "@onechat/chat-domain/migrate";
import type { Answer } from "../answer.ts";
import type { Session } from "../session.ts";

/** Takes the lock from a runner that is gone. */
export async function unlock({ ctx, settings }: Session): Promise<Answer> {
  const holder = await takeLease(ctx, { force: settings.force });
  const text =
    holder === null ? "Nothing to do: nobody holds the lock" : `Unlocked; it was held by ${holder}`;
  return { exit: "ok", text, json: { holder } };
}
