import { migrationStatus, purge as purgeDuplicates } from "@onechat/chat-domain/migrate";
import type { Answer } from "../answer.ts";
import { countText } from "../number-text.ts";
import { nothingWritten, runOptions, runToEnd } from "../run-command.ts";
import type { Session } from "../session.ts";

/** Deletes settled duplicates for good; without `--execute` it only says how many. */
export async function purge(session: Session): Promise<Answer> {
  const { ctx, settings } = session;
  if (!settings.execute) return whatPurgeWouldDo(session);
  const { confirmDrained } = settings;
  return runToEnd(session, { command: "purge", to: "purge" }, () =>
    purgeDuplicates(ctx, { ...runOptions(session), confirmDrained }),
  );
}

async function whatPurgeWouldDo({ ctx }: Session): Promise<Answer> {
  const { journal, pending, sealed } = await migrationStatus(ctx, { to: "settle" });
  const { settled = 0, merged = 0, purged = 0 } = journal;
  const lines = [
    `Purge would delete ${countText(settled, "settled duplicate")}; redirects, aliases and copies stay for ever.`,
    ...(merged > 0 ? [`${countText(merged, "more is", "more are")} merged and would be settled first.`] : []),
    ...(pending ? ["There is work before purge: everything up to settle would be finished first."] : []),
    ...(sealed
      ? []
      : ["Where the server can, the collection would be sealed: it would refuse chats without a key."]),
    ...(purged > 0 ? [`${countText(purged, "duplicate has", "duplicates have")} been purged already.`] : []),
    "An old version of the application that still writes to a deleted duplicate loses what it writes:",
    "make sure that none is running any more, and say so with --confirm-drained.",
    "",
    nothingWritten("migrator purge --confirm-drained"),
  ];
  return {
    exit: "ok",
    text: lines.join("\n"),
    json: { executed: false, settled, merged, purged, pendingBefore: pending, sealed },
  };
}
