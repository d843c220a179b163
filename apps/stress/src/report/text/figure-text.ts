import type { FaultOutcome, Unit } from "../../measure/result.ts";

export const noFigure = "–";

/** The same text wherever a figure could not be had. */
function orNone(text: (figure: number) => string): (figure: number | null) => string {
  return (figure) => (figure === null || !Number.isFinite(figure) ? noFigure : text(figure));
}

export const countText = orNone((count) => grouped(String(Math.round(count))));

function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(\d{3})+(?!\d))/g, "\u202F");
}

/** Milliseconds without their unit, for columns in which the points stand below one another. */
export const msFigure = orNone((ms) => {
  const [whole = "0", fraction = "00"] = ms.toFixed(2).split(".");
  return `${grouped(whole)}.${fraction}`;
});

export const spanText = orNone((ms) => {
  if (ms < 1) return `${(ms * 1_000).toFixed(0)}\u00A0µs`;
  if (ms < 999.5) return `${ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0)}\u00A0ms`;
  if (ms < 119_500) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)}\u00A0s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.round((ms - minutes * 60_000) / 1_000);
  return seconds === 60 ? `${minutes + 1}\u00A0min` : `${minutes}\u00A0min ${seconds}\u00A0s`;
});

export const rateText = orNone((perSecond) =>
  perSecond < 9.95 ? perSecond.toFixed(1) : countText(perSecond),
);

export const shareText = orNone((share) => {
  const percent = share * 100;
  const isRound = percent === 0 || percent === 100;
  // "100.00 %" is no place to hide the one call that failed.
  const digits = isRound ? 0 : percent > 99 || percent < 1 ? 2 : 1;
  const text = percent.toFixed(digits);
  if (!isRound && Number(text) === 100) return ">\u00A099.99\u00A0%";
  if (!isRound && Number(text) === 0) return "<\u00A00.01\u00A0%";
  return `${text}\u00A0%`;
});

/** Of a ratio; two digits behind the point up to ten. */
export const factorText = orNone((factor) =>
  factor < 9.995 ? factor.toFixed(2) : factor < 99.95 ? factor.toFixed(1) : countText(factor),
);

const unitTexts: Readonly<Record<Unit, (figure: number) => string>> = {
  ms: spanText,
  "per-second": (rate) => `${rateText(rate)}\u00A0/s`,
  share: shareText,
  count: countText,
  factor: (factor) => `${factorText(factor)}×`,
};

export function unitText(figure: number | null, unit: Unit): string {
  return orNone(unitTexts[unit])(figure);
}

export const instantText = orNone((nanoseconds) => `${(nanoseconds / 1e9).toFixed(6)}\u00A0s`);

/** How soon calls were answered again, and for how long of that the machine was too slow. */
export function recoveryText({ recoveryMs, slowMs }: Pick<FaultOutcome, "recoveryMs" | "slowMs">): string {
  const recovery =
    recoveryMs === null ? "never answered again" : `answered again after ${recoveryMs.toFixed(0)} ms`;
  return slowMs === 0 ? recovery : `${recovery}, the machine being too slow for ${slowMs.toFixed(0)} ms`;
}
