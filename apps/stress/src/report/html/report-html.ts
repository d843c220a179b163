import { createHash } from "node:crypto";
import type { StressResult } from "../../result/stress-result.ts";
import type { HistoryFacts } from "../history/history-facts.ts";
import { gatherReportData } from "../gather-report-data.ts";
import { verdictText } from "../verdict-text.ts";
import { type Html, html, trusted } from "./html.ts";
import type { PageAssets } from "./page-assets.ts";
import { anomalySection } from "./sections/anomalies.ts";
import { contentionSection } from "./sections/contention.ts";
import { controlSection } from "./sections/controls.ts";
import { environmentSection } from "./sections/environment.ts";
import { faultSection } from "./sections/faults.ts";
import { latencySection } from "./sections/latency.ts";
import { overTimeSection } from "./sections/over-time.ts";
import { ratioSection } from "./sections/ratios.ts";
import { thresholdSection } from "./sections/thresholds.ts";
import { timelineSection } from "./sections/timeline.ts";
import { verdictSection } from "./sections/verdict.ts";

const places = [
  ["thresholds", "Thresholds"],
  ["anomalies", "Anomalies"],
  ["timeline", "Timeline"],
  ["contention", "Contention"],
  ["controls", "Controls"],
  ["ratios", "Ratios"],
  ["latency", "Latency"],
  ["time", "Over time"],
  ["faults", "Faults"],
  ["environment", "Environment"],
] as const;

/** The whole page in one text; it loads nothing, and is forbidden to. */
export function reportHtml(result: StressResult, facts: HistoryFacts, assets: PageAssets): string {
  const { title } = verdictText(result.verdict);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${contentPolicy(assets)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · onechat stress ${result.profile}</title>
        ${inlined("style", assets.style)}
      </head>
      <body>
        <a class="skip" href="#verdict">Skip to the verdict</a>
        ${topBar()}
        <main>
          ${verdictSection(result)} ${thresholdSection(result)} ${anomalySection(result, facts)}
          ${timelineSection(facts)} ${contentionSection(result, facts)} ${controlSection(result)}
          ${ratioSection(result)} ${latencySection(result)} ${overTimeSection(result)} ${faultSection(result)}
          ${environmentSection(result)}
        </main>
        <footer>
          Everything that was measured is in result.json, every call in history.ndjson.gz, both beside this
          page.
        </footer>
        ${inlinedJson(gatherReportData(result, facts))} ${inlined("script", assets.script)}
      </body>
    </html> `.markup;
}

function topBar(): Html {
  return html`<div class="bar">
    <div>
      <div class="brand">onechat <span>stress</span></div>
      <nav aria-label="Sections">
        <ul>
          ${places.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
        </ul>
      </nav>
      <button type="button" data-theme-toggle hidden>Theme</button>
    </div>
  </div>`;
}

/** Only these two texts are allowed to act, and nothing may be fetched. */
function contentPolicy({ script, style }: PageAssets): string {
  return [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** Nothing but the text itself: the policy knows it by its digest. */
function inlined(name: "script" | "style", text: string): Html {
  return trusted(`<${name}>${text}</${name}>`);
}

/** Inside a script element only its end matters; with no "<" there is none. */
function inlinedJson(value: unknown): Html {
  const json = JSON.stringify(value).replaceAll("<", String.raw`\u003c`);
  return trusted(`<script type="application/json" id="report-data">${json}</script>`);
}
