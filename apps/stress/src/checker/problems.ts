import type { Contention } from "../result/stress-result.ts";
import type { Evidence } from "./evidence.ts";
import { recordProblems } from "./record-problems.ts";

interface Checked {
  readonly contention: readonly Contention[];
  /** Keys whose chat appeared, and only a call with unknown outcome can have created it. */
  readonly excused: number;
}

/** Why the absence of anomalies would prove nothing, or less than it seems. */
export function problemsOf(evidence: Evidence, checked: Checked): readonly string[] {
  return [...recordProblems(evidence), ...idlePaths(checked.contention), ...tooManyExcuses(checked)];
}

function idlePaths(contention: readonly Contention[]): readonly string[] {
  const ours = contention.filter(({ variant }) => variant === "ours");
  if (ours.length === 0) return ["onechat itself was not called"];
  const paths = [...new Set(ours.map(({ path }) => path))];
  return paths.flatMap((path) => {
    const groups = ours.filter((group) => group.path === path);
    const total = (count: (group: Contention) => number): number =>
      groups.reduce((sum, group) => sum + count(group), 0);
    if (total(({ operations, failed, unknown }) => operations - failed - unknown) === 0)
      return [`no call on the path ${path} was answered`];
    return total(({ contendedKeys }) => contendedKeys) === 0
      ? [`on the path ${path} no two creating calls for one chat were under way at once`]
      : [];
  });
}

function tooManyExcuses({ contention, excused }: Checked): readonly string[] {
  const keys = contention.reduce((sum, group) => sum + (group.variant === "ours" ? group.keys : 0), 0);
  return excused * 2 > keys
    ? [`of ${excused} of ${keys} chats only a call with unknown outcome can be the creator`]
    : [];
}
