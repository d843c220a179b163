import type { StressResult } from "../../../result/stress-result.ts";
import { countText, spanText } from "../../text/figure-text.ts";
import { shortened } from "../../text/visible-text.ts";
import { type VerdictText, verdictText } from "../../verdict-text.ts";
import { type Html, html, trusted } from "../html.ts";

/** What came of it, why, how much that says, and how to have it again. */
export function verdictSection(result: StressResult): Html {
  const verdict = verdictText(result.verdict);
  const { run, profile, seed, startedAt, reasons, reproduce } = result;
  return html`<header class="panel verdict ${verdict.tone}" id="verdict">
    <div class="verdict-head">
      ${icons[verdict.tone]}
      <div>
        <h1>${verdict.title}</h1>
        <p class="meaning">${sentence(verdict.meaning)}</p>
        ${reasonList(reasons)}
        <p class="run">
          Profile ${profile}, seed ${seed}, started ${startedAt}. Run <span class="mono">${run}</span>
        </p>
      </div>
    </div>
    ${stats(result, verdict)}
    <div class="reproduce">
      <span>Run it again</span><code id="reproduce">${reproduce}</code>
      <button type="button" data-copy="reproduce">Copy</button>
    </div>
  </header>`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function reasonList(reasons: readonly string[]): Html | null {
  if (reasons.length === 0) return null;
  const shown = reasons.slice(0, 12).map((reason) => html`<li>${shortened(reason, 600)}</li>`);
  const rest = reasons.length - shown.length;
  return html`<ul class="reasons">
    ${shown}${rest > 0 ? html`<li>… and ${rest} more</li>` : null}
  </ul>`;
}

function stats({ contention, anomalies, durationMs }: StressResult, { tone }: VerdictText): Html {
  const sum = (count: "operations" | "keys" | "contendedKeys" | "racesLost"): number =>
    contention.reduce((total, group) => total + group[count], 0);
  const widest = contention.reduce((most, { widestOverlap }) => Math.max(most, widestOverlap), 0);
  const bad = anomalies.length > 0;
  return html`<dl class="stats">
    <div>
      <dt>Anomalies</dt>
      <dd class="${bad ? "bad tone" : tone === "good" ? "tone" : ""}">${countText(anomalies.length)}</dd>
    </div>
    <div>
      <dt>Calls checked</dt>
      <dd>${countText(sum("operations"))}</dd>
    </div>
    <div>
      <dt>Contended keys</dt>
      <dd>${countText(sum("contendedKeys"))} <small>of ${countText(sum("keys"))}</small></dd>
    </div>
    <div>
      <dt>Widest overlap</dt>
      <dd>${countText(widest)} <small>calls</small></dd>
    </div>
    <div>
      <dt>Races lost</dt>
      <dd>${countText(sum("racesLost"))}</dd>
    </div>
    <div>
      <dt>Duration</dt>
      <dd>${spanText(durationMs)}</dd>
    </div>
  </dl>`;
}

const icon = (shape: string): Html =>
  trusted(
    `<svg viewBox="0 0 40 40" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="20" cy="20" r="18"/>${shape}</svg>`,
  );

/** Shape and title say it too: colour alone would not reach everybody. */
const icons: Readonly<Record<VerdictText["tone"], Html>> = {
  good: icon('<path d="M12 20.5l5.5 5.5L28.5 14.5"/>'),
  bad: icon('<path d="M14 14l12 12M26 14L14 26"/>'),
  unsure: icon('<path d="M15.5 15.5a4.6 4.6 0 1 1 6.6 4.2c-1.5.8-2.1 1.6-2.1 3.3M20 28.5v.1"/>'),
};
