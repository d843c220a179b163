import { checkHistory } from "../../src/checker/check-history.ts";
import { historyOf } from "../../src/history/history.ts";
import type { Anomaly } from "../../src/measure/result.ts";
import { type SeededRandom, seededRandom } from "../../src/seeded-random.ts";
import { corruptedAnswers } from "./corrupted-answers.ts";
import { corruptedRecovery } from "./corrupted-recovery.ts";
import { corruptedStorage } from "./corrupted-storage.ts";
import type { Corruption } from "./corruption.ts";
import { type SampleHistory, sampleHistory, sampleLines } from "./sample-history.ts";

/** A history of which the checker said something wrong. */
export interface Misjudged {
  /** `null` for a correct history. */
  readonly corruption: Pick<Corruption, "name" | "how"> | null;
  readonly history: SampleHistory;
  readonly anomalies: readonly Anomaly[];
}

export const corruptions: readonly Corruption[] = [
  ...corruptedAnswers,
  ...corruptedStorage,
  ...corruptedRecovery,
];

/** Seeds a corruption so often into correct histories, each of which is checked before and after. */
export function misjudgedOf(
  corruption: Corruption,
  { seed, times }: { readonly seed: number; readonly times: number },
): readonly Misjudged[] {
  const random = seededRandom(seed, `${corruption.name} ${corruption.how}`);
  return Array.from({ length: times }, () => seedOnce(corruption, random)).flat();
}

function seedOnce(corruption: Corruption, random: SeededRandom): readonly Misjudged[] {
  const [correct, corrupted] = occasionFor(corruption, random);
  const falseAlarms = anomaliesOf(correct);
  const anomalies = anomaliesOf(corrupted);
  return [
    ...(falseAlarms.length > 0 ? [{ corruption: null, history: correct, anomalies: falseAlarms }] : []),
    ...(isCaught(corruption, corrupted, anomalies) ? [] : [{ corruption, history: corrupted, anomalies }]),
  ];
}

/** Draws until a history has what the corruption needs. */
function occasionFor(
  { corrupt }: Corruption,
  random: SeededRandom,
): readonly [correct: SampleHistory, corrupted: SampleHistory] {
  for (;;) {
    const correct = sampleHistory(random);
    const corrupted = corrupt(correct);
    if (corrupted !== null) return [correct, corrupted];
  }
}

function anomaliesOf(history: SampleHistory): readonly Anomaly[] {
  return checkHistory(historyOf(sampleLines(history))).anomalies;
}

function isCaught(
  { name }: Corruption,
  { registers }: SampleHistory,
  anomalies: readonly Anomaly[],
): boolean {
  const key = registers[0]?.register.key;
  return (
    anomalies.some((anomaly) => anomaly.name === name) && anomalies.every((anomaly) => anomaly.key === key)
  );
}
