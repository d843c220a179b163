import {
  explainChat,
  migrationHistory,
  type MigrationStatus,
  migrationStatus,
  rollBack,
  type RollbackTarget,
} from "@onechat/chat-domain/migrate";
import type { Answer } from "../answer.ts";
import { countText } from "../number-text.ts";
import { nothingWritten, runOptions, runToEnd } from "../run-command.ts";
import type { Session } from "../session.ts";
import { section } from "../table.ts";

/** Undoes what came after a phase; without `--execute` it only says what it would do. */
export async function rollback(session: Session): Promise<Answer> {
  const { ctx, settings } = session;
  const { target: to, chat } = settings;
  if (chat !== null) return rollbackOfChat(session, chat);
  if (!settings.execute) return whatRollbackWouldDo(session);
  return runToEnd(session, { command: "rollback", to }, () => rollBack(ctx, { ...runOptions(session), to }));
}

async function rollbackOfChat(session: Session, chat: string): Promise<Answer> {
  const { ctx, settings } = session;
  if (settings.execute) {
    const run = { command: "rollback", to: `chat ${chat}` } as const;
    return runToEnd(session, run, () => rollBack(ctx, { ...runOptions(session), chat }));
  }
  const { standing, journal, moved, copies } = await explainChat(ctx, chat);
  const isMerged = journal !== null && journal.state !== "rolled-back" && journal.survivor !== null;
  const changes = isMerged
    ? [
        `makes ${chat} a chat of its own again (${standing} now, ${countText(copies.length, "copy", "copies")})`,
        `gives it back what had followed it: ${countText(moved, "document")}`,
        "takes its contribution out of its survivor, whose other duplicates keep their places",
        "releases it, so that the next up leaves it alone; a full rollback removes that mark",
      ]
    : [
        journal?.state === "rolled-back" && journal.releasedAt !== undefined
          ? "nothing but giving it what may have stayed with its survivor: it is a chat of its own again"
          : "nothing: it is no duplicate that has been merged",
      ];
  const text = [
    `Rollback of chat ${chat}`,
    ...section(
      "Would do",
      changes.map((change) => `- ${change}`),
    ),
    "",
    isMerged ? nothingWritten(`migrator rollback --chat ${chat}`) : "Nothing was written.",
  ].join("\n");
  return { exit: "ok", text, json: { executed: false, chat, changes } };
}

async function whatRollbackWouldDo({ ctx, settings: { target } }: Session): Promise<Answer> {
  const status = await migrationStatus(ctx);
  if (status.lastRun === null) {
    const text = "Nothing to do: nothing was ever migrated here";
    return { exit: "ok", text, json: { executed: false, to: target, changes: [] } };
  }
  const changes = changesOf(status, target);
  if (target === "none") {
    for (const { collection, name } of await builtIndexes(ctx))
      changes.push(`drops the index ${name} of ${collection}`);
    changes.push("puts keys back that stood there before the migration");
  }
  const text = [
    `Rollback to ${target}`,
    ...section(
      "Would do",
      (changes.length === 0 ? ["nothing: there is nothing after this phase"] : changes).map(
        (change) => `- ${change}`,
      ),
    ),
    ...section(
      "Will not undo",
      kept(target).map((what) => `- ${what}`),
    ),
    "",
    nothingWritten(`migrator rollback --to ${target}`),
  ].join("\n");
  return { exit: "ok", text, json: { executed: false, to: target, changes, kept: kept(target) } };
}

function changesOf({ journal, sealed, staying }: MigrationStatus, target: RollbackTarget): string[] {
  const of = (...states: readonly (keyof typeof journal)[]): number =>
    states.reduce((sum, state) => sum + (journal[state] ?? 0), 0);
  const merging = target !== "merge";
  const keying = merging && target !== "backfill";
  const candidates: readonly (readonly [boolean, number, string])[] = [
    [true, sealed ? 1 : 0, "lifts the seal: chats without a key may be written again"],
    [!merging, of("purged"), `brings ${countText(of("purged"), "purged duplicate")} back, still merged`],
    [
      merging,
      of("purged", "settled", "merged", "rolling-back"),
      `makes ${countText(of("purged", "settled", "merged", "rolling-back"), "duplicate")} a chat of its own again ` +
        `(${stateText(journal)}), with what had followed it`,
    ],
    [
      merging,
      staying,
      `tries once more to give back ${countText(staying, "document")} that stayed with survivors at a rollback before`,
    ],
    [merging, of("planned"), `forgets ${countText(of("planned"), "merge")} that were only planned`],
    [keying, 1, "takes away every key that the migration has set"],
    [keying, of("parked"), `forgets ${countText(of("parked"), "parked chat")}`],
  ];
  return candidates.filter(([applies, n]) => applies && n > 0).map(([, , text]) => text);
}

function stateText(journal: MigrationStatus["journal"]): string {
  const states = ["merged", "settled", "purged", "rolling-back"] as const;
  return states
    .flatMap((state) => (journal[state] === undefined ? [] : [`${journal[state]} ${state}`]))
    .join(", ");
}

async function builtIndexes(ctx: Session["ctx"]): Promise<readonly { collection: string; name: string }[]> {
  const runs = await migrationHistory(ctx, { limit: 1_000 });
  const all = runs.flatMap((run) => run.builtIndexes);
  return [...new Map(all.map((index) => [`${index.collection} ${index.name}`, index])).values()];
}

function kept(target: RollbackTarget): readonly string[] {
  if (target === "merge") return ["merges: duplicates stay merged into their survivors"];
  return [
    "messages and other documents sent to a survivor since the merge stay with the survivor",
    "fields of a survivor that were changed since the merge stay as they are",
    "documents in whose place others stand by now, under a unique index, stay with the survivor",
    "the migration's own records (journal, copies, history) stay",
  ];
}
