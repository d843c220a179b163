import type { OverlapHistogram } from "../history/history-facts.ts";
import { countText } from "../text/figure-text.ts";
import { type Html, html } from "./html.ts";
import { variantName, variantOrder } from "./variant-name.ts";

/** A picture per variant, all with the same buckets. */
export function overlapHistograms(overlaps: readonly OverlapHistogram[]): Html {
  const ordered = overlaps.toSorted(
    (a, b) => variantOrder.indexOf(a.variant) - variantOrder.indexOf(b.variant),
  );
  const buckets = Math.max(...ordered.map(({ keys }) => keys.length - 1), 4);
  return html`<h3>Calls under way at once, for one key</h3>
    <p class="lead">Keys by the most calls that were under way for them at one instant, from two on.</p>
    <div class="panel padded histograms">${ordered.map((overlap) => histogram(overlap, buckets))}</div>`;
}

const size = { width: 320, height: 120, base: 96, top: 16 };

/** Keys that never had two calls at once are told of, not drawn: they would dwarf the others. */
function histogram({ variant, keys: [lonely = 0, ...keys] }: OverlapHistogram, buckets: number): Html {
  const most = Math.max(...keys, 1);
  const step = size.width / buckets;
  const words = keys.map((count, bucket) => `${bucketText(bucket)}: ${count} keys`).join("; ");
  return html`<figure>
    <figcaption>
      ${variantName(variant)}
      <span class="muted"
        >${lonely === 0 ? null : `and ${countText(lonely)} keys with one call at a time`}</span
      >
    </figcaption>
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
  const label = html`<text x="${fixed(middle)}" y="${fixed(y - 4)}" text-anchor="middle"
    >${countText(count)}</text
  >`;
  return html`<rect
      x="${fixed(middle - step * 0.36)}"
      y="${fixed(y)}"
      width="${fixed(step * 0.72)}"
      height="${fixed(height)}"
      rx="2"
    />
    ${count === 0 ? null : label}
    <text x="${fixed(middle)}" y="${size.base + 16}" text-anchor="middle">${bucketText(bucket)}</text> `;
}

/** Buckets end at powers of two, the first of them at two. */
function bucketText(bucket: number): string {
  return bucket === 0 ? "2" : `≤${2 ** (bucket + 1)}`;
}

function fixed(length: number): string {
  return length.toFixed(1);
}
