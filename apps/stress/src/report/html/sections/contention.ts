import type { Contention, StressResult } from "../../../result/stress-result.ts";
import type { HistoryFacts, OverlapHistogram } from "../../history/history-facts.ts";
import { countText, shareText } from "../../text/figure-text.ts";
import { dataTable } from "../data-table.ts";
import { type Html, html } from "../html.ts";
import { meter } from "../meter.ts";
import { variantName, variantOrder } from "../variant-name.ts";

export function contentionSection({ contention }: StressResult, { overlaps }: HistoryFacts): Html {
  const ours = contention.filter(({ variant }) => variant === "ours");
  const controls = contention
    .filter(({ variant }) => variant !== "ours")
    .toSorted((a, b) => variantOrder.indexOf(a.variant) - variantOrder.indexOf(b.variant));
  return html`<section id="contention">
    <h2>Contention</h2>
    <p class="lead">
      “No anomaly” means something only where calls really met: a contended key had at least two creating
      calls under way before any of them had ended, and a lost race is a call that was answered with the chat
      that another one had created meanwhile.
    </p>
    ${contention.length === 0 ? html`<p class="none">No calls were recorded.</p>` : null}
    ${ours.length === 0 ? null : contentionTable(ours, "How much of onechat's calls was at the same time")}
    ${overlaps.length === 0 ? null : histograms(overlaps)}
    ${
      controls.length === 0
        ? null
        : html`<details>
            <summary>The controls too</summary>
            ${contentionTable(controls, "How much of the controls' calls was at the same time")}
          </details>`
    }
  </section>`;
}

function contentionTable(rows: readonly Contention[], caption: string): Html {
  return dataTable({
    caption,
    rows,
    columns: [
      { head: "Variant", kind: "head", cell: ({ variant }) => variantName(variant) },
      { head: "Where", kind: "tight", cell: ({ path, workload }) => `${path} ${workload}` },
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

function contendedMeter({ variant, contendedKeys, keys }: Contention): Html {
  return meter(variant, keys === 0 ? 0 : contendedKeys / keys);
}

function histograms(overlaps: readonly OverlapHistogram[]): Html {
  const ordered = overlaps.toSorted(
    (a, b) => variantOrder.indexOf(a.variant) - variantOrder.indexOf(b.variant),
  );
  const buckets = Math.max(...ordered.map(({ keys }) => keys.length));
  return html`<h3>Calls under way at once, for one key</h3>
    <p class="lead">Keys by the most calls that were under way for them at one instant.</p>
    <div class="panel padded histograms">${ordered.map((overlap) => histogram(overlap, buckets))}</div>`;
}

const size = { width: 320, height: 128, base: 100, top: 16 };

function histogram({ variant, keys }: OverlapHistogram, buckets: number): Html {
  const most = Math.max(...keys, 1);
  const step = size.width / Math.max(buckets, 4);
  const words = keys.map((count, bucket) => `${bucketText(bucket)}: ${count} keys`).join("; ");
  return html`<figure>
    <figcaption>${variantName(variant)}</figcaption>
    <svg
      class="histogram ${variant}"
      viewBox="0 0 ${size.width} ${size.height}"
      role="img"
      aria-label="Keys by overlap, ${variant}. ${words}"
    >
      ${keys.map((count, bucket) => bar({ count, bucket, step, most }))}
      <line class="axis" x1="0" x2="${size.width}" y1="${size.base}" y2="${size.base}" />
    </svg>
  </figure>`;
}

interface Bar {
  readonly count: number;
  readonly bucket: number;
  readonly step: number;
  readonly most: number;
}

function bar({ count, bucket, step, most }: Bar): Html {
  const height = count === 0 ? 0 : Math.max((count / most) * (size.base - size.top), 1.5);
  const middle = (bucket + 0.5) * step;
  const y = size.base - height;
  return html`<rect
      x="${fixed(middle - step * 0.36)}"
      y="${fixed(y)}"
      width="${fixed(step * 0.72)}"
      height="${fixed(height)}"
      rx="2"
    />
    ${count === 0 ? null : html`<text x="${fixed(middle)}" y="${fixed(y - 4)}" text-anchor="middle">${countText(count)}</text>`}
    <text x="${fixed(middle)}" y="${size.base + 16}" text-anchor="middle">${bucketText(bucket)}</text> `;
}

/** Buckets end at powers of two. */
function bucketText(bucket: number): string {
  return bucket < 2 ? String(2 ** bucket) : `≤${2 ** bucket}`;
}

function fixed(length: number): string {
  return length.toFixed(1);
}
