import { checkHistory } from "../checker/check-history.ts";
import { historyOf } from "../history/history.ts";
import type { Anomaly } from "../result/stress-result.ts";
import { type SeededRandom, seededRandom } from "../speed/seeded-random.ts";
import { corruptedAnswers } from "./corrupted-answers.ts";
import { corruptedRecovery } from "./corrupted-recovery.ts";
import { corruptedStorage } from "./corrupted-storage.ts";
import type { Corruption } from "./corruption.ts";
import { type SampleHistory, sampleHistory, sampleLines } from "./sample-history.ts";

/** How often one corruption was seeded, and how often it was found under its name, at its key and nowhere else. */
export interface Caught {
  readonly name: Anomaly["name"];
  readonly how: string;
  readonly seeded: number;
  readonly caught: number;
}

/** A history of which the checker said something wrong. */
export interface Misjudged {
  /** `null` for a correct history. */
  readonly corruption: Pick<Corruption, "name" | "how"> | null;
  readonly history: SampleHistory;
  readonly anomalies: readonly Anomaly[];
}

export interface CaughtCorruptions {
  readonly caught: readonly Caught[];
  readonly correctHistories: number;
  readonly misjudged: readonly Misjudged[];
}

export const corruptions: readonly Corruption[] = [
  ...corruptedAnswers,
  ...corruptedStorage,
  ...corruptedRecovery,
];

/** Seeds every corruption `times` times into a correct history of its own, which is checked before and after. */
export function catchCorruptions(seed: number, times: number): CaughtCorruptions {
  const random = seededRandom(seed, "corruptions");
  const misjudged: Misjudged[] = [];
  const caught = corruptions.map((corruption) => {
    let found = 0;
    for (let time = 0; time < times; time += 1) {
      const [correct, corrupted] = occasionFor(corruption, random);
      const falseAlarms = anomaliesOf(correct);
      if (falseAlarms.length > 0)
        misjudged.push({ corruption: null, history: correct, anomalies: falseAlarms });
      const anomalies = anomaliesOf(corrupted);
      if (isCaught(corruption, corrupted, anomalies)) found += 1;
      else misjudged.push({ corruption, history: corrupted, anomalies });
    }
    return { name: corruption.name, how: corruption.how, seeded: times, caught: found };
  });
  return { caught, correctHistories: corruptions.length * times, misjudged };
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
