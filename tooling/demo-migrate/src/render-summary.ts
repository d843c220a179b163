import type { DemoFacts } from "./demo-problems.ts";
import { countText, numberText as number } from "./number-text.ts";

export interface DemoSummary extends DemoFacts {
  /** What took how long, in order. */
  readonly seconds: readonly (readonly [string, number])[];
  readonly problems: readonly string[];
}

export function renderSummary(summary: DemoSummary): string {
  const { problems } = summary;
  const parts =
    problems.length === 0
      ? [heading(summary), table(summary), proofs(summary), parkedText(summary), times(summary)]
      : [`NOT AS IT SHOULD BE:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`, times(summary)];
  return `\n── Summary\n\n${parts.filter((part) => part !== "").join("\n\n")}`;
}

function heading({ legacy }: DemoSummary): string {
  const sets = countText(legacy.sets, "set of people", "sets of people");
  return `${countText(legacy.chats, "chat")} became one for each of ${sets}; nothing was lost.`;
}

function table({ legacy, before, after }: DemoSummary): string {
  const rows: readonly (readonly [string, string, string, string])[] = [
    ["", "before", "after", ""],
    [
      "live chats",
      number(before.liveChats),
      number(after.liveChats),
      legacy.invalid > 0 ? `${number(legacy.invalid)} of them parked` : "",
    ],
    ["duplicates", number(legacy.losers), "0", "merged into the oldest chat of the same people"],
    ["merged, as redirects", "0", number(after.merged), "whose ids lead to that chat"],
    ["messages", number(before.messages), number(after.messages), ""],
  ];
  return rows
    .map(([name, left, right, remark]) =>
      `  ${name.padEnd(22)}${left.padStart(10)}${right.padStart(10)}   ${remark}`.trimEnd(),
    )
    .join("\n");
}

function proofs({ originals }: DemoSummary): string {
  const collections = Object.keys(originals);
  return [
    `  Messages: every set of people has exactly the messages that it had, compared by their ids.`,
    `  Rollback: ${collections.join(" and ")} were byte for byte what they had been, every document and every index:`,
    ...collections.map((name) => `    ${name.padEnd(14)} SHA-256 ${originals[name] ?? ""}`),
    "  Again: the second migration came to the same result as the first.",
  ].join("\n");
}

function parkedText({ parked, legacy }: DemoSummary): string {
  if (legacy.invalid === 0) return "";
  return [
    `  Parked: ${countText(legacy.invalid, "broken chat")}, left for a person to put right. Hence exit code 6 instead of 0.`,
    ...parked.map(({ reason, chats }) => `    ${number(chats).padStart(6)} × ${reason}`),
  ].join("\n");
}

function times({ seconds }: DemoSummary): string {
  const total = seconds.reduce((sum, [, some]) => sum + some, 0);
  return [...seconds, ["together", total] as const]
    .map(([what, some]) => `  ${some.toFixed(1).padStart(7)} s  ${what}`)
    .join("\n");
}
