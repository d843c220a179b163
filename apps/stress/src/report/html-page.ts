import { createHash } from "node:crypto";
import { extent } from "d3-array";
import { scaleLog } from "d3-scale";
import { latencyCharts, timeCharts } from "./charts.ts";
import { Html, html } from "./html.ts";
import type { KeyTimeline } from "./key-timelines.ts";
import { style } from "./style.ts";
import { countText } from "./text/figure-text.ts";
import { operationText } from "./text/operation-text.ts";
import { shortened } from "./text/visible-text.ts";
import { timelineSvg } from "./timeline-svg.ts";
import type { Cell, ReportView, Section, Table, Tone } from "./view.ts";

/** The whole page in one text; it loads nothing, runs nothing, and is forbidden to. */
export function htmlPage(view: ReportView): string {
  const { title, result, sections, timelines, anomalies } = view;
  const drawn = timelines.length > 0 ? [html`<section id="timeline">${timelinePart(view)}</section>`] : [];
  const parts = sections.map(
    (section) => html`<section id="${section.id}">${sectionPart(section, view)}</section>`,
  );
  // What proves an anomaly stands right under it; without one, how much really met.
  const place = anomalies.length > 0 ? 1 : sections.findIndex(({ id }) => id === "contention") + 1;
  const links = [...sections, ...(drawn.length > 0 ? [{ id: "timeline", title: "Timelines" }] : [])];
  const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · stress ${result.profile} · ${result.subject}</title>
        ${new Html(`<style>${style}</style>`)}
      </head>
      <body>
        <a class="skip" href="#verdict">Skip to the verdict</a>
        <div class="top">
          <nav aria-label="Sections">
            <ul>
              ${links.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}
            </ul>
          </nav>
        </div>
        <main>${verdictPart(view)} ${parts.slice(0, place)} ${drawn} ${parts.slice(place)}</main>
        <footer>
          Everything that was measured is in result.json, every call in history.ndjson.gz, both beside this
          page.
        </footer>
      </body>
    </html> `.markup;
}

const icons: Readonly<Record<Tone, string>> = {
  good: "M12 20.5l5.5 5.5L28.5 14.5",
  bad: "M14 14l12 12M26 14L14 26",
  unsure: "M15.5 15.5a4.6 4.6 0 1 1 6.6 4.2c-1.5.8-2.1 1.6-2.1 3.3M20 28.5v.1",
};

/** Shape and title say it too: colour alone would not reach everybody. */
function verdictPart({ result, title, tone, meaning, about, stats }: ReportView): Html {
  const { reasons, notes, headline, reproduce } = result;
  return html`<header class="verdict ${tone}" id="verdict">
    <div class="head">
      <svg viewBox="0 0 40 40" aria-hidden="true">
        <circle cx="20" cy="20" r="18" />
        <path d="${icons[tone]}" />
      </svg>
      <div>
        <h1>${title}</h1>
        <p class="meaning">${meaning}</p>
        ${headline === null ? null : html`<p class="headline">${headline}</p>`} ${list("reasons", reasons)}
        ${list("notes", notes)}
        <p class="muted">${about}</p>
      </div>
    </div>
    <dl class="stats">
      ${stats.map(
        (stat) =>
          html`<div>
            <dt>${stat.name}</dt>
            <dd class="${stat.tone ?? ""}">${stat.value}</dd>
          </div>`,
      )}
    </dl>
    <div class="again"><span>Run it again</span><code>${reproduce}</code></div>
  </header>`;
}

function list(name: string, lines: readonly string[]): Html | null {
  if (lines.length === 0) return null;
  const rest = lines.length - 12;
  return html`<ul class="${name}">
    ${lines.slice(0, 12).map((line) => html`<li>${shortened(line, 600)}</li>`)}${rest > 0 ? html`<li>… and ${rest} more</li>` : null}
  </ul>`;
}

function sectionPart({ title, lead, tables, chart }: Section, view: ReportView): Html {
  const filled = tables.filter(({ rows }) => rows.length > 0);
  return html`<h2>${title}</h2>
    <p class="lead">${lead}</p>
    ${chart === "latency" ? html`<div class="panel">${latencyCharts(view.result)}</div>` : null}
    ${chart === "time" ? html`<div class="panel">${timeCharts(view.result)}</div>` : null}
    ${filled.map((table) => {
      const panel = tablePart(table, view);
      return table.isDetail || chart === "latency"
        ? html`<details>
            <summary>${table.caption}, ${countText(table.rows.length)} rows</summary>
            ${panel}
          </details>`
        : panel;
    })}`;
}

function tablePart({ caption, columns, rows }: Table, view: ReportView): Html {
  return html`<div class="panel">
    <div class="scroll" tabindex="0" role="region" aria-label="${caption}">
      <table>
        <caption>
          ${caption}
        </caption>
        <thead>
          <tr>
            ${columns.map(({ head, isNumber }) => html`<th scope="col" class="${isNumber ? "number" : ""}">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell, place) => {
                  const content = cellContent(cell, rows, view);
                  return place === 0
                    ? html`<th scope="row">${content}</th>`
                    : html`<td class="${columns[place]?.isNumber === true ? "number" : ""}">${content}</td>`;
                })}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </div>`;
}

function cellContent(cell: Cell, rows: Table["rows"], view: ReportView): Html {
  const { under = [], variant = "", bar, interval } = cell;
  return html`${cellText(cell, view)}${bar === undefined ? null : meter(bar, variant)}${interval === undefined ? null : forest(interval, rows)}${under.map((line) => html`<span class="under">${shortened(line, 400)}</span>`)}`;
}

function cellText({ text, tone, variant, bar, key }: Cell, { timelines }: ReportView): Html {
  const shown = shortened(text, 500);
  if (tone !== undefined) return html`<span class="tag ${tone}">${shown}</span>`;
  if (key !== undefined) {
    const place = timelines.findIndex(({ register }) => register.key === key);
    return place >= 0
      ? html`<a class="mono" href="#key-${place}">${shown}</a>`
      : html`<span class="mono">${shown}</span>`;
  }
  return variant !== undefined && bar === undefined
    ? html`<span class="variant ${variant}">${shown}</span>`
    : html`${shown}`;
}

/** A share as a bar, below the figure that says it too. */
function meter(share: number, variant: string): Html {
  const width = (Math.min(Math.max(share, 0), 1) * 100).toFixed(1);
  return html`<svg class="meter ${variant}" aria-hidden="true">
    <rect class="all" width="100%" height="4" rx="2" />
    <rect class="part" width="${width}%" height="4" rx="2" />
  </svg>`;
}

/** A ratio and its interval on a log scale around one, which all rows of a table share. */
function forest({ estimate, low, high }: NonNullable<Cell["interval"]>, rows: Table["rows"]): Html {
  const intervals = rows.flat().flatMap(({ interval }) => interval ?? []);
  const values = intervals.flatMap((one) => [one.estimate, one.low ?? 1, one.high ?? 1]);
  const [least = 1, most = 1] = extent(values.filter((value) => value > 0));
  const scale = scaleLog([Math.min(least, 0.8) / 1.1, Math.max(most, 1.25) * 1.1], [0, 200]);
  const x = (value: number): string => scale(value).toFixed(1);
  return html`<svg class="forest" viewBox="-4 0 208 14" aria-hidden="true">
    <line class="one" x1="${x(1)}" x2="${x(1)}" y1="0" y2="14" />
    ${low === null || high === null ? null : html`<line class="interval" x1="${x(low)}" x2="${x(high)}" y1="7" y2="7" />`}
    ${estimate > 0 ? html`<circle cx="${x(estimate)}" cy="7" r="3.5" />` : null}
  </svg>`;
}

function timelinePart({ timelines, result }: ReportView): Html {
  return html`<h2>Timelines of keys</h2>
    <p class="lead">
      Every call as a bar, in a lane per process, from the first one until the race was over; point at one to
      read it. If exactly one chat came to be, it did so within the shaded window: not before its creator
      began or a reader still saw nothing, and not after anybody was answered with it.
    </p>
    <ul class="legend">
      ${["created", "found", "nothing seen", "unknown", "refused", "another id", "proves the anomaly"].map((name) => html`<li class="op-look ${name.split(" ")[0] ?? ""}">${name}</li>`)}
    </ul>
    ${timelines.map(
      (timeline, place) =>
        html`<details class="panel" id="key-${place}" ${new Html(place === 0 ? "open" : "")}>
          <summary>${summaryOf(timeline)}</summary>
          ${keyFacts(timeline)}
          <div class="scroll" tabindex="0" role="region" aria-label="Timeline of ${timeline.register.key}">
            ${timelineSvg(timeline, result.faults)}
          </div>
        </details>`,
    )}`;
}

function summaryOf({ register: { key, variant }, why, widest, anomalies }: KeyTimeline): Html {
  const names = [...new Set(anomalies.map(({ name }) => name))].join(", ");
  const whose = why === "control" ? "a control's anomaly, " : "";
  return html`<span class="variant ${variant}"></span><span class="mono">${shortened(key, 90)}</span>
    <span class="tag ${why === "anomaly" ? "bad" : ""}"
      >${names === "" ? "most contended of its kind" : names}</span
    >
    <span class="muted">${whose}up to ${widest} calls at once</span>`;
}

function keyFacts({ register, audit, anomalies, leftOut, operations }: KeyTimeline): Html {
  const { participants, scope } = register;
  const few = participants.slice(0, 8).map((id) => shortened(id, 40));
  const others = participants.length > few.length ? ` and ${participants.length - few.length} more` : "";
  const witnesses = new Set(anomalies.flatMap((anomaly) => anomaly.witnesses));
  const proofs = operations.filter(({ op }) => witnesses.has(op)).slice(0, 9);
  return html`<div class="facts">
    <p>
      ${few.join(", ")}${others}${scope === "" ? null : ` in ${shortened(scope, 60)}`}${audit === null ? null : `; in the end ${audit}`}${leftOut === 0 ? null : `; ${countText(leftOut)} calls outside of this time`}
    </p>
    ${anomalies.map(({ name, text }) => html`<p><b>${name}</b>: ${shortened(text, 500)}</p>`)}
    ${
      proofs.length === 0
        ? null
        : html`<ul class="witnesses">
            ${proofs.map((operation) => html`<li>${operationText(operation)}</li>`)}
          </ul>`
    }
  </div>`;
}
