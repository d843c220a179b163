import { drawTimes } from "./draw-times.ts";
import { findElement } from "./find-element.ts";
import { query } from "./page-call.ts";

interface Status {
  readonly version: string;
  readonly unready: string | null;
  readonly calls: Readonly<Record<string, number>>;
  readonly pool: { readonly open: number; readonly inUse: number; readonly waiting: number };
  readonly migration: {
    readonly keyIndex: string | null;
    readonly sealed: boolean;
    readonly journal: Readonly<Record<string, number>>;
  } | null;
}

const mostTimes = 60;

/** Asks every second how the process does, and shows it. */
export function statusPanel(token: () => string | null): { readonly refresh: () => Promise<void> } {
  const times: number[] = [];
  return {
    async refresh() {
      const current = token();
      if (current === null) return;
      try {
        const { body, time } = await query<Status>("admin.status", current);
        show(body);
        if (time === null) return;
        times.push(time.ms);
        if (times.length > mostTimes) times.shift();
        showTimes(times);
      } catch (error) {
        say("ready", error instanceof Error ? error.message : String(error), "bad");
      }
    },
  };
}

function show({ version, unready, calls, pool, migration }: Status): void {
  say("version", version);
  say("ready", unready === null ? "ready" : `not ready: ${unready}`, unready === null ? "good" : "bad");
  for (const [name, count] of Object.entries(calls)) say(`calls-${name}`, count.toLocaleString("en"));
  say("pool", `${pool.open} open, ${pool.inUse} in use, ${pool.waiting} waiting for one`);
  if (migration === null) {
    say("index", "unknown: the database does not answer", "bad");
    return;
  }
  say("index", migration.keyIndex ?? "in place", migration.keyIndex === null ? "good" : "bad");
  say("sealed", migration.sealed ? "yes" : "no");
  const journal = Object.entries(migration.journal).map(([state, count]) => `${count} ${state}`);
  say("journal", journal.length === 0 ? "none" : journal.join(", "));
}

function showTimes(times: readonly number[]): void {
  drawTimes(findElement("times", SVGSVGElement), times, mostTimes);
  say("times-text", `now ${inMs(times.at(-1) ?? 0)}, longest ${inMs(Math.max(...times))}`);
}

function inMs(time: number): string {
  return `${time.toFixed(time < 10 ? 1 : 0)} ms`;
}

function say(id: string, text: string, mood = ""): void {
  const element = findElement(id, HTMLElement);
  if (element.textContent !== text) element.textContent = text;
  element.dataset["mood"] = mood;
}
