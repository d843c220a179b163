import type { History } from "../history/history.ts";
import type { Operation } from "../history/operation.ts";
import type { Anomaly, Contention, FaultOutcome } from "../measure/result.ts";
import { auditedIds } from "./audited-ids.ts";
import { contentionOf } from "./contention.ts";
import { decideLegacy } from "./decide-legacy.ts";
import { answeredOf, decideNew } from "./decide-new.ts";
import { type Evidence, evidenceOf, type Finding, type KeyEvidence } from "./evidence.ts";
import { faultOutcomes } from "./faults.ts";
import { crossKey, foreignIds, type ForeignIds, withRemoved } from "./foreign-ids.ts";
import { problemsOf } from "./problems.ts";
import { refusals } from "./refusals.ts";
import { sightingsOf } from "./sightings.ts";
import { stuck } from "./stuck.ts";

/** What a history shows. */
export interface CheckedHistory {
  /** Of every variant; a control's are told from the subject's by `variant`. */
  readonly anomalies: readonly Anomaly[];
  /** Per variant, path and workload. */
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

export interface CheckedKey {
  readonly anomalies: readonly Anomaly[];
  /** Why the register could not be judged, or not wholly. */
  readonly problems: readonly string[];
  /** Whether the chat appeared and only a call with unknown outcome can have created it. */
  readonly excused: boolean;
}

type OwnForeignIds = NonNullable<ReturnType<ForeignIds["get"]>>;

/** Decides one register: what was answered for it, and what the database holds of it at the end. */
export function checkKey(evidence: Evidence, key: KeyEvidence, ofOthers?: OwnForeignIds): CheckedKey {
  const foreign = withRemoved(key, ofOthers ?? new Map());
  const { findings, problems = [], excused = false } = judge(evidence, key, foreign);
  const all = [...crossKey(key, foreign), ...refusals(key), ...findings];
  return { anomalies: anomaliesOf(key, all), problems, excused };
}

interface Judgement {
  readonly findings: readonly Finding[];
  readonly problems?: readonly string[];
  readonly excused?: boolean;
}

function judge(evidence: Evidence, key: KeyEvidence, foreign: OwnForeignIds): Judgement {
  const { key: name, initial, expected } = key.register;
  const backwards = key.operations.find(({ start, end }) => end < start);
  if (backwards !== undefined) {
    const problem = `operation ${backwards.op} of ${name} ends before it starts: ${name} was not judged`;
    return { findings: [], problems: [problem] };
  }
  const seen = sightingsOf(key, foreign);
  const audited = auditedIds(key, foreign);
  if (initial.length === 0)
    return {
      findings: decideNew(evidence, seen, audited),
      excused: seen.creators.length === 0 && answeredOf(seen).length > 0 && !isUntold(seen.candidate),
    };
  const { findings, unexplained, undecidable } = decideLegacy(evidence, { initial, expected, seen, audited });
  const unjudged = `merges of ${name} leave open what became of its chats: ${name} was not judged`;
  const retired = unexplained.map(
    (id) => `${id} of ${name} was retired, and the history holds no merge that did it`,
  );
  return { findings, problems: undecidable ? [unjudged] : retired };
}

/** An answer of a subject that does not tell who created excuses nobody. */
function isUntold(candidate: Operation | null): boolean {
  return candidate?.outcome === "ok" && candidate.created === null;
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
