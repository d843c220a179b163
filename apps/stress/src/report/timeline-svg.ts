import { group } from "d3-array";
import type { Operation } from "../history/operation.ts";
import type { FaultOutcome } from "../measure/result.ts";
import { type Html, html } from "./html.ts";
import type { KeyTimeline } from "./key-timelines.ts";
import { spanText } from "./text/figure-text.ts";
import { operationText } from "./text/operation-text.ts";

const size = { width: 1_080, left: 70, row: 11, lane: 10, top: 22 };

/** Every call as a bar in a lane per process; what it was is said when pointed at, and in the table of witnesses. */
export function timelineSvg(timeline: KeyTimeline, faults: readonly FaultOutcome[]): Html {
  const { from, until, operations, key } = timeline;
  const x = (instant: number): number =>
    size.left +
    ((Math.min(Math.max(instant, from), until) - from) / (until - from)) * (size.width - size.left - 10);
  const ids = [...new Set(operations.flatMap(({ id }) => id ?? []))];
  const witnesses = new Set(timeline.anomalies.flatMap((anomaly) => anomaly.witnesses));
  let y = size.top;
  const lanes = [...group(operations, ({ process }) => process)].map(([process, calls]) => {
    const rows = stacked(calls);
    const top = y;
    y += rows.length * size.row + size.lane;
    const bars = rows.flatMap((row, place) =>
      row.map((call) => bar(call, { x, y: top + place * size.row, ids, isWitness: witnesses.has(call.op) })),
    );
    return html`<text x="4" y="${top + 9}">${process}</text>${bars}
      <line class="lane" x1="0" x2="${size.width}" y1="${y - size.lane / 2}" y2="${y - size.lane / 2}" />`;
  });
  const height = y + 4;
  return html`<svg
    class="timeline"
    viewBox="0 0 ${size.width} ${height}"
    role="img"
    aria-label="${operations.length} calls for ${key}, from ${spanText(0)} to ${spanText((until - from) / 1e6)} of its race"
  >
    ${bandsOf(timeline, faults, { x, height })}
    ${ticks(from, until).map(({ at, label }) => html`<line class="tick" x1="${fixed(x(at))}" x2="${fixed(x(at))}" y1="14" y2="${height}" /><text x="${fixed(x(at))}" y="10" text-anchor="middle">${label}</text>`)}
    ${lanes}
  </svg>`;
}

/** The times of faults, and that in which the chat came to be. */
function bandsOf(
  { from, until, window }: KeyTimeline,
  faults: readonly FaultOutcome[],
  { x, height }: { readonly x: (instant: number) => number; readonly height: number },
): readonly Html[] {
  const meanwhile = faults.filter((fault) => fault.injectedAt <= until && (fault.healedAt ?? until) >= from);
  return [
    ...meanwhile.map(({ fault, injectedAt, healedAt }) =>
      band({ kind: "fault", from: x(injectedAt), until: x(healedAt ?? until), height, title: fault }),
    ),
    ...(window === null
      ? []
      : [
          band({
            kind: window.from <= window.until ? "window" : "impossible",
            from: x(Math.min(window.from, window.until)),
            until: x(Math.max(window.from, window.until)),
            height,
            title: windowText(window),
          }),
        ]),
  ];
}

function windowText({ from, until }: { readonly from: number; readonly until: number }): string {
  return from <= until
    ? "the chat came to be within this time"
    : "no instant is left for the chat to have come to be";
}

interface Band {
  readonly kind: string;
  readonly from: number;
  readonly until: number;
  readonly height: number;
  readonly title: string;
}

function band({ kind, from, until, height, title }: Band): Html {
  return html`<rect
    class="${kind}"
    x="${fixed(from)}"
    width="${fixed(Math.max(until - from, 1))}"
    y="14"
    height="${height - 14}"
    ><title>${title}</title></rect
  >`;
}

interface BarPlace {
  readonly x: (instant: number) => number;
  readonly y: number;
  readonly ids: readonly string[];
  readonly isWitness: boolean;
}

function bar(call: Operation, { x, y, ids, isWitness }: BarPlace): Html {
  const { start, end, outcome, kind, created, id } = call;
  const look =
    outcome !== "ok"
      ? outcome
      : created === true
        ? "created"
        : id === null
          ? "nothing"
          : kind === "merge"
            ? "merge"
            : "";
  const which = id === null ? "" : `id-${Math.min(ids.indexOf(id), 2)}`;
  const width = Math.max(x(end) - x(start), 2);
  return html`<rect
    class="op ${look} ${which} ${isWitness ? "witness" : ""}"
    x="${fixed(x(start))}"
    y="${y}"
    width="${fixed(width)}"
    height="${size.row - 2}"
    rx="1.5"
    ><title>${operationText(call)}</title></rect
  >`;
}

/** Calls that overlap lie below one another. */
function stacked(calls: readonly Operation[]): readonly (readonly Operation[])[] {
  const rows: Operation[][] = [];
  for (const call of calls) {
    const free = rows.find((row) => (row.at(-1)?.end ?? 0) < call.start);
    if (free === undefined) rows.push([call]);
    else free.push(call);
  }
  return rows;
}

function ticks(from: number, until: number): readonly { readonly at: number; readonly label: string }[] {
  return [0.25, 0.5, 0.75].map((share) => {
    const at = from + (until - from) * share;
    return { at, label: `+${spanText((at - from) / 1e6)}` };
  });
}

function fixed(length: number): string {
  return length.toFixed(1);
}
