import type { MigrationContext, MigrationPlan } from "@onechat/chat-domain/migrate";
import { durationText } from "./durations.ts";
import { countText, numberText } from "./number-text.ts";
import { section, table } from "./table.ts";

export function renderPlan(
  { db, model }: Pick<MigrationContext, "db" | "model">,
  plan: MigrationPlan,
): string {
  const { collection, participants } = model.chats;
  return [
    `Database ${db.databaseName}: chats in ${collection}, their people in ${[participants].flat().join(", ")}`,
    ...(wasLookedAt(plan) ? lookedAtLines(plan, model) : []),
    ...section("Invalid chats: they will be parked, and the rest goes on", invalidLines(plan)),
    ...section("References", referenceLines(plan)),
    ...section(
      "Problems: nothing can begin before they are solved",
      plan.problems.map((problem) => `- ${problem}`),
    ),
    ...section(
      "Warnings",
      plan.warnings.map((warning) => `- ${warning}`),
    ),
    "",
    expectation(plan),
  ].join("\n");
}

/** Where a collection is missing, no chat is looked at, and nothing is to be said of any. */
function wasLookedAt({ problems, chats }: MigrationPlan): boolean {
  return problems.length === 0 || chats.unique > 0;
}

function lookedAtLines(plan: MigrationPlan, model: MigrationContext["model"]): readonly string[] {
  return [
    ...section("Chats that are unique by their people", chatLines(plan)),
    ...indexLines(plan),
    ...duplicateLines(plan, model),
  ];
}

function indexLines({ keyIndexExists }: MigrationPlan): readonly string[] {
  return [
    "",
    `The unique index on their keys ${keyIndexExists ? "is there" : "is missing: it is built first"}`,
  ];
}

function chatLines({ chats }: MigrationPlan): readonly string[] {
  return table(
    [
      ["all", numberText(chats.unique)],
      ["with their key", numberText(chats.keyed)],
      ["without a key", numberText(chats.keyless)],
      ["with another key", numberText(chats.otherKey)],
    ],
    [1],
  );
}

function duplicateLines(
  { duplicates, chats }: MigrationPlan,
  { chats: { survivor: criteria } }: MigrationContext["model"],
): readonly string[] {
  if (chats.unique === 0) return [];
  const { groups, losers, largest, share } = duplicates;
  if (groups === 0) return ["", "No duplicates: every set of people has one chat"];
  const estimate = share < 1 ? ` (estimated from ${(share * 100).toFixed(1)}% of all keys)` : "";
  const heading =
    `Duplicates: ${countText(groups, "set of people has", "sets of people have")} more than one chat; ` +
    `${countText(losers, "chat")} will be merged into the one of its people that holds the key, else ` +
    `into ${criteria.length > 0 ? "the first by chats.survivor" : "the one with the smallest _id"}${estimate}`;
  const rows = largest.map(({ chats: n, survivor }) => [numberText(n), String(survivor)]);
  return section(
    heading,
    table([["chats", `survivor${groups > largest.length ? " (the largest groups)" : ""}`], ...rows], [0]),
  );
}

function invalidLines({ invalid }: MigrationPlan): readonly string[] {
  return invalid.map(({ reason, chats, examples }) => {
    const more = chats > examples.length ? ", …" : "";
    return `${countText(chats, "chat")}: ${reason} (${examples.map(String).join(", ")}${more})`;
  });
}

function referenceLines({ references }: MigrationPlan): readonly string[] {
  return table(
    references.map(({ collection, field, documents, indexed }) => [
      `${collection}.${field}`,
      countText(documents, "document"),
      indexed ? "has an index" : "has NO index",
    ]),
    [1],
  );
}

function expectation({ pending, expectedSeconds, problems }: MigrationPlan): string {
  if (problems.length > 0) return "The migration cannot begin: see the problems above.";
  if (!pending) return "Nothing to do.";
  return `There is work to do; it may take about ${durationText(Math.max(expectedSeconds, 10) * 1_000)}.`;
}
