import type { History } from "../history/history.ts";
import type { Anomaly, Contention, FaultOutcome } from "../measure/result.ts";
import { type Case, caseOf, type Judgement } from "./case.ts";
import { contentionOf } from "./contention.ts";
import { decideLegacy } from "./decide-legacy.ts";
import { decideNew } from "./decide-new.ts";
import { type Evidence, evidenceOf, type Finding, type KeyEvidence } from "./evidence.ts";
import { faultOutcomes } from "./faults.ts";
import { crossKey, foreignIds, type ForeignIds, resurrected } from "./foreign-ids.ts";
import { problemsOf } from "./problems.ts";
import { refusals } from "./refusals.ts";
import { stuck } from "./stuck.ts";

export interface CheckedHistory {
  /** Of every variant; a control's are told from the subject's by `variant`. */
  readonly anomalies: readonly Anomaly[];
  readonly contention: readonly Contention[];
  readonly faults: readonly FaultOutcome[];
  /** Why "no anomaly" would prove nothing, or less than it seems; a sentence each. */
  readonly problems: readonly string[];
}

/** Decides every register of a history, in time linear in its operations. */
export function checkHistory(history: History): CheckedHistory {
  const evidence = evidenceOf(history);
  const foreign = foreignIds(evidence);
  const anomalies: Anomaly[] = [];
  const unjudged: string[] = [];
  let excused = 0;
  for (const key of evidence.keys) {
    const checked = checkKey(evidence, key, foreign.get(key.register.key));
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

export interface CheckedKey extends Required<Pick<Judgement, "problems">> {
  readonly anomalies: readonly Anomaly[];
  /** Whether the chat appeared and only a call with unknown outcome can have created it. */
  readonly excused: boolean;
}

/** Decides one register: what was answered for it, and what the database holds of it at the end. */
export function checkKey(evidence: Evidence, key: KeyEvidence, foreign: ForeignIds = new Map()): CheckedKey {
  const one = caseOf(evidence, key, foreign);
  const { findings, problems = [] } = judge(key, one);
  const { answered, creators, candidate } = one.seen;
  const others = [...crossKey(key, foreign), ...resurrected(key), ...refusals(key)];
  return {
    anomalies: anomaliesOf(key, [...others, ...findings]),
    problems,
    // An answer of a subject that does not tell who created excuses nobody.
    excused:
      one.initial.length === 0 &&
      creators.length === 0 &&
      answered.length > 0 &&
      !(candidate?.outcome === "ok" && candidate.created === null),
  };
}

function judge({ operations }: KeyEvidence, one: Case): Judgement {
  const backwards = operations.find(({ start, end }) => end < start);
  if (backwards === undefined)
    return one.initial.length > 0 ? decideLegacy(one) : { findings: decideNew(one) };
  const problem = `operation ${backwards.op} of ${one.key} ends before it starts: ${one.key} was not judged`;
  return { findings: [], problems: [problem] };
}

/** One of each name is enough for a register; the witnesses stand in the order in which they began. */
function anomaliesOf({ register }: KeyEvidence, findings: readonly Finding[]): readonly Anomaly[] {
  const { key, variant, path, workload } = register;
  const byName = new Map(findings.toReversed().map((finding) => [finding.name, finding]));
  return [...byName.values()].toReversed().map(({ name, text, operations }) => ({
    name,
    key,
    variant,
    path,
    workload,
    text,
    witnesses: [...new Set(operations)]
      .filter((operation) => operation !== null)
      .slice(0, 3)
      .toSorted((a, b) => a.start - b.start)
      .map(({ op }) => op),
  }));
}
