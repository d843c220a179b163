import type { Anomaly } from "../result/stress-result.ts";
import { cell, nothing } from "../history/operation-table.ts";
import { auditNew } from "./audit-new.ts";
import { crossKey } from "./cross-key.ts";
import { decideLegacy } from "./decide-legacy.ts";
import { decideNew } from "./decide-new.ts";
import { auditedIds } from "./audited-ids.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import type { ForeignId } from "./ownership.ts";
import { refusals } from "./refusals.ts";
import { sightingsOf } from "./sightings.ts";

export interface CheckedRegister {
  readonly anomalies: readonly Anomaly[];
  /** Why the register could not be judged, or not wholly. */
  readonly problems: readonly string[];
  /** Whether the chat appeared and only a call with unknown outcome can have created it. */
  readonly excused: boolean;
}

interface Judgement {
  readonly findings: readonly Finding[];
  readonly problems?: readonly string[];
  readonly excused?: boolean;
}

/** Decides one register: what was answered for it, and what the database holds of it at the end. */
export function checkRegister(
  evidence: Evidence,
  register: number,
  foreign: ReadonlyMap<number, ForeignId>,
): CheckedRegister {
  const judged = judge(evidence, register, foreign);
  const findings = [
    ...crossKey(evidence, register, foreign),
    ...refusals(evidence, register),
    ...judged.findings,
  ];
  return {
    anomalies: anomaliesOf(evidence, register, findings),
    problems: judged.problems ?? [],
    excused: judged.excused ?? false,
  };
}

function judge(evidence: Evidence, register: number, foreign: ReadonlyMap<number, ForeignId>): Judgement {
  const { table } = evidence;
  const key = evidence.registers[register]?.key ?? "";
  const backwards = evidence.rowsOf(register).find((row) => cell(table.end, row) < cell(table.start, row));
  if (backwards !== undefined)
    return {
      findings: [],
      problems: [
        `operation ${cell(table.op, backwards)} of ${key} ends before it starts: ${key} was not judged`,
      ],
    };
  const seen = sightingsOf(evidence, register, foreign);
  const audited = auditedIds(evidence, register, foreign);
  const initial = evidence.initialOf(register);
  if (initial.length === 0) {
    const found = decideNew(evidence, seen, audited);
    return {
      findings: audited === null ? found : [...found, ...auditNew(evidence, seen, audited)],
      excused: seen.creators.length === 0 && seen.list.some(({ seen: id }) => id !== nothing),
    };
  }
  const { findings, unexplained, undecidable } = decideLegacy(evidence, { initial, seen, audited });
  const unjudged = `merges of ${key} leave open what became of its chats: ${key} was not judged`;
  const retired = unexplained.map(
    (id) => `${evidence.idText(id)} of ${key} was retired, and the history holds no merge that did it`,
  );
  return { findings, problems: undecidable ? [unjudged] : retired };
}

/** One of each name is enough for a register; the witnesses stand in the order in which they began. */
function anomaliesOf(
  { table, registers }: Evidence,
  index: number,
  findings: readonly Finding[],
): readonly Anomaly[] {
  const register = registers[index];
  if (register === undefined || findings.length === 0) return [];
  const { key, variant, path, workload } = register;
  const byName = new Map(findings.toReversed().map((finding) => [finding.name, finding]));
  return [...byName.values()].toReversed().map(({ name, text, rows }) => ({
    name,
    key,
    variant,
    path,
    workload,
    text,
    witnesses: [...new Set(rows)]
      .slice(0, 3)
      .toSorted((a, b) => cell(table.start, a) - cell(table.start, b))
      .map((row) => cell(table.op, row)),
  }));
}
