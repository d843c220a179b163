import type { Contention, StressResult } from "../../../result/stress-result.ts";
import type { HistoryFacts } from "../../history/history-facts.ts";
import { countText, shareText } from "../../text/figure-text.ts";
import { dataTable } from "../data-table.ts";
import { type Html, html } from "../html.ts";
import { overlapHistograms } from "../overlap-histograms.ts";
import { meter } from "../meter.ts";
import { variantName, variantOrder } from "../variant-name.ts";

export function contentionSection({ contention }: StressResult, { overlaps }: HistoryFacts): Html {
  const ours = contention.filter(({ variant }) => variant === "ours");
  return html`<section id="contention">
    <h2>Contention</h2>
    <p class="lead">
      “No anomaly” means something only where calls really met: a contended key had at least two creating
      calls under way before any of them had ended, and a lost race is a call that was answered with the chat
      that another one had created meanwhile.
    </p>
    ${contention.length === 0 ? html`<p class="none">No calls were recorded.</p>` : null}
    ${ours.length === 0 ? null : contentionTable(byWorkload(ours), "onechat, all paths together")}
    ${overlaps.length === 0 ? null : overlapHistograms(overlaps)}
    ${
      contention.length === 0
        ? null
        : html`<details>
            <summary>Every variant on every path</summary>
            ${contentionTable(contention.map(namedGroup).toSorted(inOrder), "All variants, each on its paths")}
          </details>`
    }
  </section>`;
}

/** A group with its name among the others; `path` says less once paths are taken together. */
interface Group extends Omit<Contention, "path"> {
  readonly place: string;
}

function namedGroup(group: Contention): Group {
  return { ...group, place: `${group.workload} ${group.path}` };
}

function inOrder(a: Group, b: Group): number {
  const [first, second] = [a, b].map(({ variant }) => variantOrder.indexOf(variant)) as [number, number];
  return first - second || a.place.localeCompare(b.place);
}

function byWorkload(groups: readonly Contention[]): readonly Group[] {
  const sums = new Map<string, Group>();
  for (const group of groups) {
    const { path: _, ...counts } = group;
    const known = sums.get(group.workload);
    sums.set(
      group.workload,
      known === undefined ? { ...counts, place: group.workload } : sumOf(known, group),
    );
  }
  return [...sums.values()];
}

function sumOf(a: Group, b: Contention): Group {
  return {
    ...a,
    keys: a.keys + b.keys,
    operations: a.operations + b.operations,
    unknown: a.unknown + b.unknown,
    failed: a.failed + b.failed,
    contendedKeys: a.contendedKeys + b.contendedKeys,
    widestOverlap: Math.max(a.widestOverlap, b.widestOverlap),
    racesLost: a.racesLost + b.racesLost,
    certainKeys: a.certainKeys + b.certainKeys,
  };
}

function contentionTable(rows: readonly Group[], caption: string): Html {
  return dataTable({
    caption,
    rows,
    columns: [
      { head: "Variant", kind: "head", cell: ({ variant }) => variantName(variant) },
      { head: "Workload", kind: "tight", cell: ({ place }) => place },
      { head: "Calls", kind: "number", cell: ({ operations }) => countText(operations) },
      { head: "Keys", kind: "number", cell: ({ keys }) => countText(keys) },
      { head: "Contended keys", kind: "number", cell: ({ contendedKeys }) => countText(contendedKeys) },
      { head: "", cell: contendedMeter },
      { head: "Widest overlap", kind: "number", cell: ({ widestOverlap }) => countText(widestOverlap) },
      { head: "Races lost", kind: "number", cell: ({ racesLost }) => countText(racesLost) },
      { head: "Unknown", kind: "number", cell: ({ unknown }) => countText(unknown) },
      { head: "Failed", kind: "number", cell: ({ failed }) => countText(failed) },
      {
        head: "Certain keys",
        kind: "number",
        cell: ({ certainKeys, keys }) => shareText(certainKeys / keys),
      },
    ],
  });
}

function contendedMeter({ variant, contendedKeys, keys }: Group): Html {
  return meter(variant, keys === 0 ? 0 : contendedKeys / keys);
}
