import { findElement } from "./find-element.ts";
import type { Contestant, Run } from "./run-race.ts";
import { svgElement } from "./svg-element.ts";
import { chatsText, countsText, type Tally, tallyOf } from "./tally.ts";

/** What all lanes show. */
export interface TimeSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/** Where the calls of one contestant are drawn. */
export interface Lane {
  readonly add: (run: Run) => void;
  readonly draw: (shown: TimeSpan) => void;
  readonly tally: () => Tally;
}

/** An empty lane for so many calls: a bar for each, while the server worked on it, in the order of the answers. */
export function lane(contestant: Contestant, calls: number): Lane {
  const chart = findElement(`${contestant}-chart`, SVGSVGElement);
  const bars: Bar[] = [];
  let height = 0;
  chart.replaceChildren();
  return {
    tally: () => tallyOf(bars.map(({ run }) => run)),
    add(run) {
      const bar = { run, y: height, height: heightOf(run, calls), rect: rectOf(run) };
      height += bar.height;
      bars.push(bar);
      chart.append(bar.rect);
    },
    draw(shown) {
      const rows = Math.max(calls, height);
      chart.setAttribute("viewBox", `0 0 ${width} ${rows}`);
      for (const bar of bars) place(bar, shown);
      tell(contestant, tallyOf(bars.map(({ run }) => run)));
      const ms = Math.round(shown.endMs - shown.startMs).toLocaleString("en");
      findElement(`${contestant}-end`, HTMLElement).textContent = `${ms} ms`;
    },
  };
}

interface Bar {
  readonly run: Run;
  readonly y: number;
  readonly height: number;
  readonly rect: SVGElement;
}

const width = 800;
const narrowest = 5;

/** Those that created, and those that failed, are told by their size, too. */
function heightOf({ outcome }: Run, calls: number): number {
  return outcome === "existing" ? 1 : Math.max(1, calls / 25);
}

function rectOf({ startMs, endMs, outcome, detail }: Run): SVGElement {
  const rect = svgElement("rect", { class: `run ${outcome}` });
  const title = svgElement("title", {});
  title.textContent = `${outcome}, ${(endMs - startMs).toFixed(1)} ms: ${detail}`;
  rect.append(title);
  return rect;
}

function place({ run, y, height, rect }: Bar, { startMs, endMs }: TimeSpan): void {
  const scale = width / Math.max(1, endMs - startMs);
  const long = Math.max(narrowest, (run.endMs - run.startMs) * scale);
  const x = Math.min((run.startMs - startMs) * scale, width - long);
  for (const [name, value] of Object.entries({ x, y: y + height * 0.1, width: long, height: height * 0.8 }))
    rect.setAttribute(name, value.toFixed(2));
}

function tell(contestant: Contestant, tally: Tally): void {
  const said = [chatsText(tally), countsText(tally)] as const;
  const chats = findElement(`${contestant}-chats`, HTMLElement);
  [chats.textContent] = said;
  chats.dataset["mood"] = moodOf(tally);
  findElement(`${contestant}-counts`, HTMLElement).textContent = said[1];
  findElement(`${contestant}-chart`, SVGSVGElement).setAttribute("aria-label", said.join(": "));
}

function moodOf({ chats }: Tally): string {
  if (chats === 0) return "";
  return chats === 1 ? "good" : "bad";
}
