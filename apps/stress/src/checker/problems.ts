import { group, min, sum } from "d3-array";
import { alike } from "../measure/alike.ts";
import type { Contention } from "../measure/result.ts";
import { type Evidence, isAnswer } from "./evidence.ts";

interface Checked {
  readonly contention: readonly Contention[];
  /** Keys whose chat appeared, and only a call with unknown outcome can have created it. */
  readonly excused: number;
}

/** Why the absence of anomalies would prove nothing, or less than it seems: first what is wrong with the record itself. */
export function problemsOf(evidence: Evidence, checked: Checked): readonly string[] {
  return [
    ...footerProblems(evidence),
    ...registerProblems(evidence),
    ...operationProblems(evidence),
    ...auditProblems(evidence),
    ...idlePaths(evidence, checked.contention),
    ...refusedCalls(evidence),
    ...tooManyExcuses(checked),
  ];
}

function footerProblems({ history: { footer, operations, registers } }: Evidence): readonly string[] {
  if (footer === null) return ["the history was cut short: what is missing could show an anomaly"];
  return [
    ...differs("operations", footer.operations, operations.length),
    ...differs("keys", footer.registers, registers.length),
  ];
}

function differs(what: string, said: number, found: number): readonly string[] {
  return said === found ? [] : [`the history says that it holds ${said} ${what}, and holds ${found}`];
}

function registerProblems({ keys, history: { registers } }: Evidence): readonly string[] {
  const lasting = keys.flatMap(({ register }) => (register.removedAtEnd === true ? [] : register));
  // No id contains a control character.
  const twins = alike(lasting, ({ variant, scope, participants }) =>
    [variant, scope, ...participants].join("\n"),
  )
    .filter(({ all }) => all.length > 1)
    .map(({ first }) => first.key);
  return [
    ...about(repeated(registers.map(({ key }) => key)), "declared more than once"),
    ...about(twins, "not alone with its people and its scope"),
  ];
}

function operationProblems({ history: { operations }, keyNamed }: Evidence): readonly string[] {
  const strange = operations.filter(({ key }) => keyNamed(key) === undefined).map(({ key }) => key);
  const [twice] = repeated(operations.map(({ op }) => op));
  return [
    ...about([...new Set(strange)], "called and not declared"),
    ...(twice === undefined ? [] : [`more than one operation has the number ${twice}`]),
  ];
}

function repeated<T>(names: readonly T[]): readonly T[] {
  const seen = new Set<T>();
  return names.filter((name) => seen.size === seen.add(name).size);
}

/** Somebody else's database need not be readable; who looked after it was all over is said elsewhere. */
function auditProblems({ history: { footer, audit }, keys, keyNamed }: Evidence): readonly string[] {
  if (footer?.audited !== true) return ["the database was not read at the end"];
  const isRead = (footer.audit ?? "database") === "database";
  const missed = keys.flatMap(({ register: { key, variant, removedAtEnd }, audit: own }) =>
    own === null && removedAtEnd !== true && (isRead || (variant !== "ours" && variant !== "base"))
      ? key
      : [],
  );
  const read = audit.map(({ key }) => key);
  const strange = read.filter((key) => keyNamed(key) === undefined);
  return [
    ...about(missed, "not read at the end"),
    ...about(repeated(read), "read more than once at the end"),
    ...about(strange, "read at the end and not declared"),
  ];
}

function about(keys: readonly string[], what: string): readonly string[] {
  const [first] = keys;
  if (first === undefined) return [];
  return [keys.length === 1 ? `${first} was ${what}` : `${keys.length} keys, such as ${first}, were ${what}`];
}

function idlePaths({ history: { header } }: Evidence, contention: readonly Contention[]): readonly string[] {
  const ours = contention.filter(({ variant }) => variant === "ours");
  if (ours.length === 0) return [`${header.subject ?? "onechat"} itself was not called`];
  return [...group(ours, ({ path }) => path)].flatMap(([path, groups]) => {
    if (sum(groups, ({ operations, failed, unknown }) => operations - failed - unknown) === 0)
      return [`no call on the path ${path} was answered`];
    return sum(groups, ({ contendedKeys }) => contendedKeys) === 0
      ? [`on the path ${path} no two creating calls for one chat were under way at once`]
      : [];
  });
}

/** Before the first fault nobody but a few who give up go without an answer; faults come last in a run. */
function refusedCalls({ history: { faults, header }, keys }: Evidence): readonly string[] {
  const first = min(faults, ({ at }) => at) ?? Number.POSITIVE_INFINITY;
  const calls = keys
    .filter(({ register }) => register.variant === "ours")
    .flatMap(({ operations }) => operations.filter(({ start, kind }) => start < first && kind !== "merge"));
  const unanswered = calls.filter((call) => !isAnswer(call));
  const [error] = unanswered.flatMap((call) => call.error ?? []);
  if (unanswered.length * 2 <= calls.length || error === undefined) return [];
  const subject = header.subject ?? "onechat";
  return [
    `${unanswered.length} of ${calls.length} calls of ${subject} were not answered, and no fault was injected yet; the first: ${error.reason}, ${error.message}`,
  ];
}

function tooManyExcuses({ contention, excused }: Checked): readonly string[] {
  const keys = sum(contention, ({ variant, keys: own }) => (variant === "ours" ? own : 0));
  return excused * 2 > keys
    ? [`of ${excused} of ${keys} chats only a call with unknown outcome can be the creator`]
    : [];
}
