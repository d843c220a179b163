import { checkKey } from "../../src/checker/check-history.ts";
import { evidenceOf } from "../../src/checker/evidence.ts";
import { historyOf } from "../../src/history/history.ts";
import type { HistoryLine } from "../../src/history/history-line.ts";
import { type SeededRandom, seededRandom } from "../../src/seeded-random.ts";
import { correctHistory } from "./random-history.ts";
import { canBeExplained, type SmallHistory } from "./search-order.ts";
import { spoiledHistory } from "./spoiled-history.ts";

/** A history about which the checker and the search disagree. */
export interface Disagreement {
  readonly history: SmallHistory;
  /** By the search. */
  readonly canBeExplained: boolean;
  /** The checker's reasons against it. */
  readonly objections: readonly string[];
}

export interface CrossCheck {
  readonly histories: number;
  /** How many of them no order of operations explains. */
  readonly impossible: number;
  readonly disagreements: readonly Disagreement[];
}

export interface CrossCheckInput {
  readonly seed: number;
  readonly histories: number;
  /** So many disagreements are enough: one says that something is wrong, a few may show what. */
  readonly enough: number;
}

/** Has many small random histories decided twice: by the checker's closed form, and by trying all orders. */
export function crossCheck({ seed, histories, enough }: CrossCheckInput): CrossCheck {
  const random = seededRandom(seed, "cross-check");
  const disagreements: Disagreement[] = [];
  let impossible = 0;
  let done = 0;
  for (; done < histories && disagreements.length < enough; done += 1) {
    const disagreement = compare(randomHistory(random));
    if (!disagreement.canBeExplained) impossible += 1;
    if (disagreement.canBeExplained !== (disagreement.objections.length === 0))
      disagreements.push(disagreement);
  }
  return { histories: done, impossible, disagreements };
}

/** Right, or with one to three things changed. */
function randomHistory(random: SeededRandom): SmallHistory {
  let history = correctHistory(random);
  for (let changes = random.below(4); changes > 0; changes -= 1) history = spoiledHistory(history, random);
  return history;
}

function compare(history: SmallHistory): Disagreement {
  const evidence = evidenceOf(historyOf(linesOf(history)));
  const [key] = evidence.keys;
  if (key === undefined) throw new Error("a small history has one key");
  const { anomalies, problems } = checkKey(evidence, key);
  return {
    history,
    canBeExplained: canBeExplained(history),
    objections: [...anomalies.map(({ name, text }) => `${name}: ${text}`), ...problems],
  };
}

/** The lines of a whole history that has this one register. */
export function linesOf({ initial, operations, audit }: SmallHistory): readonly HistoryLine[] {
  return [
    { type: "history", version: 1, run: "small", seed: 0, profile: "selftest", startedAt: "" },
    {
      type: "register",
      key: "k",
      variant: "ours",
      path: "domain",
      workload: "hot",
      participants: ["p", "q"],
      scope: "",
      initial: [...initial],
    },
    ...operations,
    ...(audit === null ? [] : [audit]),
    { type: "end", operations: operations.length, registers: 1, audited: audit !== null },
  ];
}
