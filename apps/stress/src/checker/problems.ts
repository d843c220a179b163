import type { Contention } from "../measure/result.ts";
import { type Evidence, isAnswer } from "./evidence.ts";

interface Checked {
  readonly contention: readonly Contention[];
  /** Keys whose chat appeared, and only a call with unknown outcome can have created it. */
  readonly excused: number;
}

/** Why the absence of anomalies would prove nothing, or less than it seems. */
export function problemsOf(evidence: Evidence, checked: Checked): readonly string[] {
  return [
    ...recordProblems(evidence),
    ...idlePaths(evidence, checked.contention),
    ...refusedCalls(evidence),
    ...tooManyExcuses(checked),
  ];
}

/** What is wrong with the record itself. */
function recordProblems(evidence: Evidence): readonly string[] {
  return [
    ...footerProblems(evidence),
    ...registerProblems(evidence),
    ...operationProblems(evidence),
    ...auditProblems(evidence),
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

function registerProblems({ keys, redeclared }: Evidence): readonly string[] {
  const lasting = keys.filter(({ register }) => register.removedAtEnd !== true);
  // No id contains a control character.
  const identities = lasting.map(
    ({ register: { variant, scope, participants } }) => `${variant}\n${scope}\n${participants.join("\n")}`,
  );
  const first = new Map(
    identities.toReversed().map((identity, place) => [identity, lasting.length - 1 - place]),
  );
  const twins = identities.flatMap((identity, place) => {
    const earliest = first.get(identity) ?? place;
    return earliest === place ? [] : [lasting[earliest]?.register.key ?? ""];
  });
  return [
    ...about(redeclared, "declared more than once"),
    ...about([...new Set(twins)], "not alone with its people and its scope"),
  ];
}

function operationProblems({ history: { operations }, keyNamed }: Evidence): readonly string[] {
  const strange = operations.filter(({ key }) => keyNamed(key) === undefined).map(({ key }) => key);
  const numbers = new Set<number>();
  const twice = operations.find(({ op }) => numbers.size === numbers.add(op).size);
  return [
    ...about([...new Set(strange)], "called and not declared"),
    ...(twice === undefined ? [] : [`more than one operation has the number ${twice.op}`]),
  ];
}

/** Somebody else's database need not be readable; who looked after it was all over is said elsewhere. */
function auditProblems({ history, keys, keyNamed, reread }: Evidence): readonly string[] {
  const { footer, audit } = history;
  if (footer?.audited !== true) return ["the database was not read at the end"];
  const due = keys.filter(
    ({ register: { variant, removedAtEnd } }) =>
      removedAtEnd !== true &&
      (variant === "ours" || variant === "base" ? (footer.audit ?? "database") === "database" : true),
  );
  return [
    ...about(
      due.filter((key) => key.audit === null).map(({ register }) => register.key),
      "not read at the end",
    ),
    ...about(reread, "read more than once at the end"),
    ...about(
      audit.filter(({ key }) => keyNamed(key) === undefined).map(({ key }) => key),
      "read at the end and not declared",
    ),
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

/** Before the first fault nobody but a few who give up go without an answer; faults come last in a run. */
function refusedCalls({ history: { faults, header }, keys }: Evidence): readonly string[] {
  const first = faults.reduce((earliest, { at }) => Math.min(earliest, at), Number.POSITIVE_INFINITY);
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
  const keys = contention.reduce((sum, group) => sum + (group.variant === "ours" ? group.keys : 0), 0);
  return excused * 2 > keys
    ? [`of ${excused} of ${keys} chats only a call with unknown outcome can be the creator`]
    : [];
}
