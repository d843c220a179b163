import type { KeyTimeline } from "../../report-data.ts";
import type { Bar } from "./bars.ts";

/** The part of time that is shown, in nanoseconds since the key's origin. */
export interface TimeView {
  readonly from: number;
  readonly to: number;
}

/** Below this a bar of a call could not be told from a line. */
const narrowest = 1_000;

export function wholeView(bars: readonly Bar[]): TimeView {
  return padded({
    from: Math.min(...bars.map(({ start }) => start), 0),
    to: Math.max(...bars.map(({ end }) => end), narrowest),
  });
}

/** What a key is looked at for: its witnesses, or else all who called before the chat was known to be there. */
export function focusView({ window, origin }: KeyTimeline, bars: readonly Bar[]): TimeView {
  const witnesses = bars.filter(({ isWitness }) => isWitness);
  const until = window?.until ?? null;
  const racing = until === null ? [] : bars.filter(({ start }) => start <= until - origin);
  const shown = witnesses.length > 0 ? witnesses : racing;
  if (shown.length === 0) return wholeView(bars);
  const edges = window === null ? [] : [window.from - origin, ...(until === null ? [] : [until - origin])];
  return padded({
    from: Math.min(...shown.map(({ start }) => start), ...edges),
    to: Math.max(...shown.map(({ end }) => end), ...edges),
  });
}

function padded({ from, to }: TimeView): TimeView {
  const margin = Math.max((to - from) * 0.04, narrowest / 2);
  return { from: from - margin, to: to + margin };
}

/** Around an instant that stays where it is. */
export function zoomed({ from, to }: TimeView, factor: number, around: number): TimeView {
  const span = Math.max((to - from) * factor, narrowest);
  const share = (around - from) / (to - from);
  return { from: around - span * share, to: around + span * (1 - share) };
}

export function moved({ from, to }: TimeView, by: number): TimeView {
  return { from: from + by, to: to + by };
}

/** Moves no further than needed to bring a bar into view. */
export function revealing(view: TimeView, { start, end }: Bar): TimeView {
  const margin = (view.to - view.from) * 0.05;
  if (start < view.from) return moved(view, start - view.from - margin);
  if (start > view.to || (end > view.to && end - start < view.to - view.from))
    return moved(view, Math.min(end - view.to + margin, start - view.from - margin));
  return view;
}
