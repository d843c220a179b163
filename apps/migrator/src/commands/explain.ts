import { type ChatExplanation, explainChat, type JournalEntry } from "@onechat/chat-domain/migrate";
import type { Answer } from "../answer.ts";
import { countText } from "../number-text.ts";
import type { Session } from "../session.ts";
import { section, table } from "../table.ts";

/** The whole story of one chat. */
export async function explain({ ctx, argument }: Session): Promise<Answer> {
  const story = await explainChat(ctx, argument);
  const text = [
    `Chat ${String(story.id)}: ${standingText(story)}`,
    ...section("Facts", table(factRows(story))),
    ...section(
      "References to it now",
      table(
        story.references.map(({ collection, field, documents }) => [
          `${collection}.${field}`,
          countText(documents, "document"),
        ]),
      ),
    ),
    ...section("Duplicates merged into it", story.duplicates.map(entryText)),
    ...section(
      "Copies in the archive",
      story.copies.map(({ hash, archivedAt }) => `${hash.slice(0, 12)} of ${archivedAt.toISOString()}`),
    ),
  ].join("\n");
  return { exit: "ok", text, json: { ...story } };
}

function standingText({ standing, unique, mergedInto, redirect }: ChatExplanation): string {
  const survivor = String(mergedInto ?? redirect?.to);
  const notUnique = unique ? "" : ", not unique by its people: none of the migration's business";
  const texts: Readonly<Record<ChatExplanation["standing"], string>> = {
    live: `a live chat${notUnique}`,
    tombstone: `a duplicate, merged into ${survivor}`,
    deleted: redirect === null ? "deleted" : `deleted; its id leads to ${survivor}`,
  };
  return texts[standing];
}

function factRows({
  key,
  aliases,
  journal,
  redirect,
  moved,
}: ChatExplanation): readonly (readonly string[])[] {
  return [
    ["key", keyText(key)],
    ["aliases", aliases.length === 0 ? "none" : aliases.map(String).join(", ")],
    ["journal", journal === null ? "no entry" : entryText(journal)],
    [
      "redirect",
      redirect === null ? "none" : `to ${String(redirect.to)} since ${redirect.since.toISOString()}`,
    ],
    ["moved", countText(moved, "document has followed it", "documents have followed it")],
  ];
}

function keyText({ stored, right, invalid }: ChatExplanation["key"]): string {
  if (invalid !== null) return `none possible: ${invalid}`;
  if (stored === null) return "none";
  return `${stored}${right ? "" : " (not that of its people)"}`;
}

function entryText({ _id, state, survivor, reason, plannedAt, mergedAt, epoch }: JournalEntry): string {
  const parts = [
    `${String(_id)} ${state}`,
    ...(survivor === null ? [] : [`into ${String(survivor)}`]),
    ...(mergedAt === undefined
      ? [`noted at ${plannedAt.toISOString()}`]
      : [`merged at ${mergedAt.toISOString()}`]),
    ...(epoch > 1 ? [`for the ${epoch}. time`] : []),
    ...(reason === undefined ? [] : [`because ${reason}`]),
  ];
  return parts.join(", ");
}
