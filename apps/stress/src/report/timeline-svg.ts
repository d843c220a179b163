import { group } from "d3-array";
import { scaleLinear } from "d3-scale";
import type { Operation } from "../history/operation.ts";
import type { FaultOutcome } from "../measure/result.ts";
import { type Html, html } from "./html.ts";
import type { KeyTimeline } from "./key-timelines.ts";
import { spanText } from "./text/figure-text.ts";
import { operationText } from "./text/operation-text.ts";

const size = { width: 1_080, left: 70, right: 1_070, row: 11, lane: 10, top: 22 };

/** Every call as a bar in a lane per process; what it was is said when pointed at, and in the table of witnesses. */
export function timelineSvg(timeline: KeyTimeline, faults: readonly FaultOutcome[]): Html {
  const { from, until, operations, register, anomalies } = timeline;
  const sinceFrom = scaleLinear([0, (until - from) / 1e6], [size.left, size.right]).clamp(true);
  const x = (instant: number): number => sinceFrom((instant - from) / 1e6);
  const look = lookIn(operations, new Set(anomalies.flatMap(({ witnesses }) => witnesses)));
  let y = size.top;
  const lanes = [...group(operations, ({ process }) => process)].map(([process, calls]) => {
    const top = y;
    const bars = stacked(calls).map((row) => {
      const bar = row.map(
        (call) =>
          html`<rect
            class="op ${look(call)}"
            ${extentOf(x(call.start), x(call.end), 2)}
            y="${y}"
            height="${size.row - 2}"
            rx="1.5"
            ><title>${operationText(call)}</title></rect
          >`,
      );
      y += size.row;
      return bar;
    });
    y += size.lane;
    return html`<text x="4" y="${top + 9}">${process}</text>${bars}
      <line class="lane" x1="0" x2="${size.width}" y1="${y - size.lane / 2}" y2="${y - size.lane / 2}" />`;
  });
  const height = y + 4;
  return html`<svg
    class="timeline"
    viewBox="0 0 ${size.width} ${height}"
    role="img"
    aria-label="${operations.length} calls for ${register.key}, from ${spanText(0)} to ${spanText((until - from) / 1e6)} of its race"
  >
    ${bandsOf(timeline, faults).map((band) => html`<rect class="${band.kind}" ${extentOf(x(band.from), x(band.until), 1)} y="14" height="${height - 14}"><title>${band.title}</title></rect>`)}
    ${sinceFrom
      .ticks(5)
      .slice(1)
      .map((ms) => tick(sinceFrom(ms), height, `+${spanText(ms)}`))}
    ${lanes}
  </svg>`;
}

function tick(x: number, height: number, label: string): Html {
  const at = x.toFixed(1);
  return html`<line class="tick" x1="${at}" x2="${at}" y1="14" y2="${height}" /><text
      x="${at}"
      y="10"
      text-anchor="middle"
      >${label}</text
    >`;
}

function extentOf(from: number, until: number, least: number): Html {
  return html`x="${from.toFixed(1)}" width="${Math.max(until - from, least).toFixed(1)}"`;
}

interface Band {
  readonly kind: string;
  readonly from: number;
  readonly until: number;
  readonly title: string;
}

/** The times of faults, and that in which the chat came to be. */
function bandsOf({ from, until, window }: KeyTimeline, faults: readonly FaultOutcome[]): readonly Band[] {
  const meanwhile = faults
    .filter((fault) => fault.injectedAt <= until && (fault.healedAt ?? until) >= from)
    .map(({ fault, injectedAt, healedAt }) => ({
      kind: "fault",
      from: injectedAt,
      until: healedAt ?? until,
      title: fault,
    }));
  if (window === null) return meanwhile;
  const title =
    window.from <= window.until
      ? "the chat came to be within this time"
      : "no instant is left for the chat to have come to be";
  const kind = window.from <= window.until ? "window" : "impossible";
  const [begin, end] = [Math.min(window.from, window.until), Math.max(window.from, window.until)];
  return [...meanwhile, { kind, from: begin, until: end, title }];
}

/** The classes of a bar: what came of the call, which of several ids it named, and whether it proves anything. */
function lookIn(calls: readonly Operation[], witnesses: ReadonlySet<number>): (call: Operation) => string {
  const ids = [...new Set(calls.flatMap(({ id }) => id ?? []))];
  return (call) => {
    const which = call.id === null ? "" : `id-${Math.min(ids.indexOf(call.id), 2)}`;
    return `${lookOf(call)} ${which} ${witnesses.has(call.op) ? "witness" : ""}`;
  };
}

function lookOf({ outcome, kind, created, id }: Operation): string {
  if (outcome !== "ok") return outcome;
  if (created === true) return "created";
  if (id === null) return "nothing";
  return kind === "merge" ? "merge" : "";
}

function stacked(calls: readonly Operation[]): readonly (readonly Operation[])[] {
  const rows: Operation[][] = [];
  for (const call of calls) {
    const free = rows.find((row) => (row.at(-1)?.end ?? 0) < call.start);
    if (free === undefined) rows.push([call]);
    else free.push(call);
  }
  return rows;
}
