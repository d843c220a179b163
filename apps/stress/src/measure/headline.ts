import { group, max, median } from "d3-array";
import type { History } from "../history/history.ts";
import { type MeasuredBlock, wallMs } from "./blocks.ts";

const controls = { mongoose: "mongoose upsert", raw: "raw driver upsert" };

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
  const others = Object.entries(controls).flatMap(([variant, name]) => {
    const own = hot.filter((block) => block.variant === variant && path === "domain");
    return own.length === 0 ? [] : [`${name} ${medianMs(own)}`];
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
  const hot = new Set(
    registers
      .filter((one) => one.variant === "ours" && one.path === path && one.workload === "hot")
      .map(({ key }) => key),
  );
  const answered = operations.filter(
    ({ key, id, outcome }) => outcome === "ok" && id !== null && hot.has(key),
  );
  const idsOf = group(answered, ({ key }) => key).values();
  const ids = counted(max(idsOf, (own) => new Set(own.map(({ id }) => id)).size) ?? 0, "id");
  const documents = max(audit, ({ key, live }) => (hot.has(key) ? live.length : undefined));
  return documents === undefined ? ids : `${ids} and ${counted(documents, "document")}`;
}

function counted(count: number, what: string): string {
  return count === 1 ? `one ${what}` : `${count} ${what}s`;
}
