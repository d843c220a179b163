import { type Html, html } from "./html.ts";

/** A share as a bar, beside the figure that says it too. */
export function meter(variant: string, share: number): Html {
  const width = `${(Math.min(Math.max(share, 0), 1) * 100).toFixed(1)}%`;
  return html`<svg class="meter ${variant}" aria-hidden="true">
    <rect class="all" width="100%" height="5" rx="2.5" />
    <rect class="part" width="${width}" height="5" rx="2.5" />
  </svg>`;
}
