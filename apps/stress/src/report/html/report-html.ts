import type { StressResult } from "../../result/stress-result.ts";
import type { HistoryFacts } from "../history/history-facts.ts";
import { verdictText } from "../verdict-text.ts";
import { html } from "./html.ts";

/** The whole page, without anything that it would have to load. */
export function reportHtml(result: StressResult, _facts: HistoryFacts): string {
  const { title, meaning } = verdictText(result.verdict);
  return html`<!doctype html><title>${title}</title>
    <h1>${title}</h1>
    <p>${meaning}</p>`.markup;
}
