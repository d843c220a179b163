import { median } from "d3-array";
import type { History } from "../history/history.ts";
import type { Variant } from "../history/operation.ts";
import { type MeasuredBlock, wallMs } from "./blocks.ts";

const names: Readonly<Record<Variant, string>> = {
  ours: "the subject",
  naive: "find-then-insert",
  mongoose: "mongoose upsert",
  raw: "raw driver upsert",
  base: "the other build",
};

/**
 * The one sentence that a run is about: what so many calls at once on one pair left behind, and how long they took
 * beside the others in the same run. `null` when the subject was not asked about one pair by everybody at once.
 */
export function headline(history: History, blocks: readonly MeasuredBlock[]): string | null {
  const hot = blocks.filter(
    ({ part, workload, wave }) => part === "storm" && workload === "hot" && wave === 0,
  );
  const all = hot.filter(({ variant }) => variant === "ours");
  const path = all.some((block) => block.path === "domain") ? "domain" : all[0]?.path;
  const ours = all.filter((block) => block.path === path);
  const [first] = ours;
  if (first === undefined) return null;
  const others = (["mongoose", "raw"] as const).flatMap((variant) => {
    const own = hot.filter((block) => block.variant === variant && path === "domain");
    return own.length === 0 ? [] : [`${names[variant]} ${medianMs(own)}`];
  });
  const rounds = ours.length === 1 ? "" : `; medians of ${ours.length} rounds`;
  const beside = others.length === 0 ? "" : ` (${others.join(", ")}${rounds})`;
  return `${first.operations.length} concurrent operations on one pair: ${foundText(history, first)} in ${medianMs(ours)}${beside}`;
}

function medianMs(blocks: readonly MeasuredBlock[]): string {
  return `${(median(blocks, wallMs) ?? Number.NaN).toFixed(0)} ms`;
}

/** The most ids, and documents where they were read, that any of the subject's hot pairs was seen with. */
function foundText({ registers, operations, audit }: History, { path }: MeasuredBlock): string {
  const hot = new Map<string, Set<string>>(
    registers
      .filter(
        (register) => register.variant === "ours" && register.path === path && register.workload === "hot",
      )
      .map(({ key }) => [key, new Set()]),
  );
  for (const { key, id, outcome } of operations) if (outcome === "ok" && id !== null) hot.get(key)?.add(id);
  const ids = counted(Math.max(0, ...[...hot.values()].map(({ size }) => size)), "id");
  const documents = audit.filter(({ key }) => hot.has(key)).map(({ live }) => live.length);
  return documents.length === 0 ? ids : `${ids} and ${counted(Math.max(...documents), "document")}`;
}

function counted(count: number, what: string): string {
  return count === 1 ? `one ${what}` : `${count} ${what}s`;
}
