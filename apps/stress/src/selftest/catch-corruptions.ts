import { setImmediate } from "node:timers/promises";
import { checkHistory } from "../checker/check-history.ts";
import { historyOf } from "../history/history.ts";
import type { Anomaly } from "../measure/result.ts";
import { type SeededRandom, seededRandom } from "../seeded-random.ts";
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

export interface CatchCorruptionsInput {
  readonly seed: number;
  /** How often each of them is seeded. */
  readonly times: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/** Seeds every corruption into correct histories, each of which is checked before and after. */
export async function catchCorruptions(input: CatchCorruptionsInput): Promise<CaughtCorruptions> {
  const { seed, times, signal } = input;
  const random = seededRandom(seed, "corruptions");
  const caught: Caught[] = [];
  const misjudged: Misjudged[] = [];
  for (const corruption of corruptions) {
    // A signal can only be heard by a process that pauses.
    await setImmediate();
    if (signal.aborted) break;
    const wrong = Array.from({ length: times }, () => seedOnce(corruption, random)).flat();
    const missed = wrong.filter((each) => each.corruption !== null).length;
    caught.push({ name: corruption.name, how: corruption.how, seeded: times, caught: times - missed });
    misjudged.push(...wrong);
  }
  return { caught, correctHistories: caught.length * times, misjudged };
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
