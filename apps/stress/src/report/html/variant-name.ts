import type { Variant } from "../../history/operation.ts";
import { type Html, html } from "./html.ts";

/** From the subject to the control that has to break. */
export const variantOrder: readonly Variant[] = ["ours", "raw", "mongoose", "naive"];

const known = new Set<string>(variantOrder);

/** Everywhere in its own colour. */
export function variantName(variant: string): Html {
  return html`<span class="variant ${known.has(variant) ? variant : ""}">${variant}</span>`;
}
