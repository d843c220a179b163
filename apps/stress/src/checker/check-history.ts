import type { History } from "../history/history.ts";
import type { Anomaly } from "../result/stress-result.ts";
import { checkRegister } from "./check-register.ts";
import type { CheckedHistory } from "./checked-history.ts";
import { contentionOf } from "./contention.ts";
import { evidenceOf } from "./evidence.ts";
import { faultOutcomes } from "./fault-outcomes.ts";
import { type ForeignId, foreignIds } from "./ownership.ts";
import { problemsOf } from "./problems.ts";
import { stuck } from "./stuck.ts";

const nothingForeign: ReadonlyMap<number, ForeignId> = new Map();

/** Decides every register of a history, in time linear in its operations. */
export function checkHistory(history: History): CheckedHistory {
  const evidence = evidenceOf(history);
  const foreign = foreignIds(evidence);
  const anomalies: Anomaly[] = [];
  const unjudged: string[] = [];
  let excused = 0;
  for (let register = 0; register < evidence.registers.length; register += 1) {
    const checked = checkRegister(evidence, register, foreign.get(register) ?? nothingForeign);
    anomalies.push(...checked.anomalies);
    unjudged.push(...checked.problems);
    excused += Number(checked.excused);
  }
  const silent = stuck(evidence);
  anomalies.push(...silent.anomalies);
  const contention = contentionOf(evidence);
  return {
    anomalies,
    contention,
    faults: faultOutcomes(evidence),
    problems: [...problemsOf(evidence, { contention, excused }), ...unjudged, ...silent.doubts],
  };
}
