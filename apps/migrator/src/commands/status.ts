import { type MigrationStatus, migrationStatus } from "@onechat/chat-domain/migrate";
import type { Answer } from "../answer.ts";
import { numberText } from "../number-text.ts";
import { runText } from "../render-run.ts";
import type { Session } from "../session.ts";
import { table } from "../table.ts";

/** Where the migration stands. */
export async function status({ ctx, settings }: Session): Promise<Answer> {
  const found = await migrationStatus(ctx, { to: settings.to });
  const rows = [
    ["database", `${ctx.db.databaseName}, chats in ${ctx.model.chats.collection}`],
    ["unique index", found.keyIndex ?? "is right"],
    ["sealed", found.sealed ? "yes: the server refuses chats without a key" : "no"],
    ["journal", journalText(found)],
    ["last run", found.lastRun === null ? "none" : runText(found.lastRun)],
    ["runner", runnerText(found)],
    ["operator", controlText(found)],
    ["pending", found.pending ? `yes: migrator up --to ${settings.to} has something to do` : "no"],
  ];
  const exit = settings.exitCode && found.pending ? "pending" : "ok";
  return {
    exit,
    text: table(rows).join("\n"),
    json: { database: ctx.db.databaseName, collection: ctx.model.chats.collection, ...found },
  };
}

function journalText({ journal }: MigrationStatus): string {
  const states = Object.entries(journal).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return states.map(([state, n]) => `${numberText(n)} ${state}`).join(", ") || "empty";
}

function runnerText({ runner }: MigrationStatus): string {
  if (runner === null) return "none";
  const { command, host, pid, heartbeatAt } = runner;
  return `${command} on ${host}, process ${pid}, last heard of at ${heartbeatAt.toISOString()}`;
}

function controlText({ control }: MigrationStatus): string {
  if (control === null) return "no orders";
  const { action, by, at, reason } = control;
  return `${action}, by ${by} at ${at.toISOString()}: ${reason}; migrator resume lifts it`;
}
