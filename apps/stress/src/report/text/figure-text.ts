import type { FaultOutcome, Unit } from "../../measure/result.ts";

/** What stands where a figure could not be had. */
export const noFigure = "–";

export function countText(count: number): string {
  if (!Number.isFinite(count)) return noFigure;
  return grouped(String(Math.round(count)));
}

/** Thin spaces between thousands. */
function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(\d{3})+(?!\d))/g, "\u202F");
}

/** Milliseconds without their unit, for columns in which the points stand below one another. */
export function msFigure(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return noFigure;
  const [whole = "0", fraction = "00"] = ms.toFixed(2).split(".");
  return `${grouped(whole)}.${fraction}`;
}

/** A time span in the unit that suits it. */
export function spanText(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return noFigure;
  if (ms < 1) return `${(ms * 1_000).toFixed(0)}\u00A0µs`;
  if (ms < 999.5) return `${ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0)}\u00A0ms`;
  if (ms < 119_500) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)}\u00A0s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.round((ms - minutes * 60_000) / 1_000);
  return seconds === 60 ? `${minutes + 1}\u00A0min` : `${minutes}\u00A0min ${seconds}\u00A0s`;
}

export function rateText(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return noFigure;
  return perSecond < 9.95 ? perSecond.toFixed(1) : countText(perSecond);
}

export function shareText(share: number): string {
  if (!Number.isFinite(share)) return noFigure;
  const percent = share * 100;
  const isRound = percent === 0 || percent === 100;
  // "100.00 %" is no place to hide the one call that failed.
  const digits = isRound ? 0 : percent > 99 || percent < 1 ? 2 : 1;
  const text = percent.toFixed(digits);
  if (!isRound && Number(text) === 100) return ">\u00A099.99\u00A0%";
  if (!isRound && Number(text) === 0) return "<\u00A00.01\u00A0%";
  return `${text}\u00A0%`;
}

/** Of a ratio; two digits behind the point up to ten. */
export function factorText(factor: number | null): string {
  if (factor === null || !Number.isFinite(factor)) return noFigure;
  return factor < 9.995 ? factor.toFixed(2) : factor < 99.95 ? factor.toFixed(1) : countText(factor);
}

export function unitText(figure: number | null, unit: Unit): string {
  if (figure === null || !Number.isFinite(figure)) return noFigure;
  switch (unit) {
    case "ms":
      return spanText(figure);
    case "per-second":
      return `${rateText(figure)}\u00A0/s`;
    case "share":
      return shareText(figure);
    case "count":
      return countText(figure);
    case "factor":
      return `${factorText(figure)}×`;
    default:
      return unit satisfies never;
  }
}

/** An instant of the run, in seconds since its epoch. */
export function instantText(nanoseconds: number): string {
  return Number.isFinite(nanoseconds) ? `${(nanoseconds / 1e9).toFixed(6)}\u00A0s` : noFigure;
}

/** How soon calls were answered again, and for how long of that the machine was too slow. */
export function recoveryText({ recoveryMs, slowMs }: Pick<FaultOutcome, "recoveryMs" | "slowMs">): string {
  const recovery =
    recoveryMs === null ? "never answered again" : `answered again after ${recoveryMs.toFixed(0)} ms`;
  return slowMs === 0 ? recovery : `${recovery}, the machine being too slow for ${slowMs.toFixed(0)} ms`;
}
