import { auditChats, type Finding, type FindingCode } from "@onechat/chat-domain/audit";
import type { Answer } from "../answer.ts";
import { durationText } from "../durations.ts";
import type { ExitName } from "../exit-codes.ts";
import { countText, numberText } from "../number-text.ts";
import type { Session } from "../session.ts";

const findingsShown = 100;

/** Looks at everything that has to be true after a migration; reads only. */
export async function verify({ ctx, settings, host, progress }: Session): Promise<Answer> {
  const began = host.clock();
  const limit = settings.limit ?? findingsShown;
  const counts = new Map<FindingCode, number>();
  const shown: Finding[] = [];
  let checked = 0;
  progress.begin("checking");
  const audit = auditChats(ctx, {
    allowDeleted: settings.allowDeleted,
    signal: host.signal,
    onProgress(at) {
      progress.add({ done: at.checked, total: null, batch: at.checked - checked, batchMs: 0 });
      ({ checked } = at);
    },
  });
  for await (const finding of audit) {
    counts.set(finding.code, (counts.get(finding.code) ?? 0) + 1);
    if (shown.length < limit) shown.push(finding);
  }
  progress.end();
  const seconds = Math.round(host.clock() - began) / 1_000;
  return {
    exit: exitOfCodes([...counts.keys()]),
    text: verdict({ checked, seconds, counts, shown }).join("\n"),
    json: { checked, seconds, counts: Object.fromEntries(counts), findings: shown },
  };
}

/** Set aside on purpose, for a person to decide; everything else is wrong. */
const setAside: ReadonlySet<FindingCode> = new Set(["PARKED", "DRIFTED_DUPLICATE"]);

function exitOfCodes(codes: readonly FindingCode[]): ExitName {
  if (codes.length === 0) return "ok";
  return codes.every((code) => setAside.has(code)) ? "parked" : "unverified";
}

interface Verdict {
  readonly checked: number;
  readonly seconds: number;
  readonly counts: ReadonlyMap<FindingCode, number>;
  readonly shown: readonly Finding[];
}

function verdict({ checked, seconds, counts, shown }: Verdict): readonly string[] {
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  const scope = `looked at ${countText(checked, "document")} in ${durationText(seconds * 1_000)}`;
  if (total === 0) return [`Nothing is wrong: ${scope}.`];
  const isOnlyParked = exitOfCodes([...counts.keys()]) === "parked";
  const rest = total - shown.length;
  return [
    `${isOnlyParked ? "Right, except for what a person has to decide" : "VERIFICATION FAILED"}: ${countText(total, "finding")}; ${scope}.`,
    ...[...counts].map(([code, n]) => `  ${numberText(n)} × ${code}`),
    "",
    ...shown.map(findingText),
    ...(rest > 0 ? [`… and ${numberText(rest)} more; --limit shows more of them`] : []),
    "",
    isOnlyParked
      ? "Next: migrator parked says what stands in the way of parked chats; of duplicates that have become other chats each finding names the way out."
      : "Next: migrator explain <chatId> tells a chat's story; migrator up --execute mends what is only unfinished.",
  ];
}

function findingText({ code, message, chat, reference }: Finding): string {
  const where = [
    ...(chat === null ? [] : [`chat ${String(chat)}`]),
    ...(reference === null ? [] : [`${reference.collection} ${String(reference.id)}`]),
  ];
  return `${code}${where.length === 0 ? "" : ` ${where.join(", ")}`}: ${message}`;
}
