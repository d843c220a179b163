import type { History } from "../history/history.ts";
import { cell, ok } from "../history/operation-table.ts";
import type { Variant } from "../history/operation.ts";
import type { StormTime } from "./storm.ts";

/**
 * The one sentence that a run is about: what so many calls at once on one pair left behind, and how long they took
 * beside the others in the same run. `null` when ours was not asked about one pair inside its own process.
 */
export function headline(history: History, times: readonly StormTime[]): string | null {
  const hot = times.filter(({ workload, target }) => workload === "hot" && target.path === "domain");
  const ours = hot.filter(({ target }) => target.variant === "ours");
  const [first] = ours;
  if (first === undefined) return null;
  const others = (["mongoose", "raw"] as const).flatMap((variant) => wallText(hot, variant));
  const median = ours.length === 1 ? "" : `; medians of ${ours.length} rounds`;
  return (
    `${first.calls} concurrent operations on one pair: ${foundText(history)} in ${medianMs(ours).toFixed(0)} ms` +
    (others.length === 0 ? "" : ` (${others.join(", ")}${median})`)
  );
}

const names: Readonly<Record<Variant, string>> = {
  ours: "onechat",
  naive: "find-then-insert",
  mongoose: "mongoose upsert",
  raw: "raw driver upsert",
};

function wallText(times: readonly StormTime[], variant: Variant): readonly string[] {
  const own = times.filter(({ target }) => target.variant === variant);
  return own.length === 0 ? [] : [`${names[variant]} ${medianMs(own).toFixed(0)} ms`];
}

function medianMs(times: readonly StormTime[]): number {
  const sorted = times.map(({ wallMs }) => wallMs).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The most ids and documents that any of ours' hot pairs was seen with. */
function foundText({ registers, operations, audit }: History): string {
  const hot = new Set(
    registers
      .filter(({ variant, path, workload }) => variant === "ours" && path === "domain" && workload === "hot")
      .map(({ key }) => key),
  );
  const ids = new Map<string, Set<number>>();
  for (let row = 0; row < operations.length; row += 1) {
    const key = operations.keys[cell(operations.key, row)] ?? "";
    if (!hot.has(key) || cell(operations.outcome, row) !== ok) continue;
    const id = cell(operations.id, row);
    if (id >= 0) ids.set(key, (ids.get(key) ?? new Set()).add(id));
  }
  const mostIds = Math.max(0, ...[...ids.values()].map(({ size }) => size));
  const documents = audit.filter(({ key }) => hot.has(key)).map(({ live }) => live.length);
  return `${counted(mostIds, "id")} and ${counted(Math.max(0, ...documents), "document")}`;
}

function counted(count: number, what: string): string {
  return count === 1 ? `one ${what}` : `${count} ${what}s`;
}
