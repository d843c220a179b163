import { cell, nothing } from "../history/operation-table.ts";
import type { Evidence } from "./evidence.ts";
import type { History } from "../history/history.ts";

/** What is wrong with the record itself. */
export function recordProblems(evidence: Evidence): readonly string[] {
  return [
    ...footerProblems(evidence.history),
    ...registerProblems(evidence),
    ...operationProblems(evidence),
    ...auditProblems(evidence),
  ];
}

function footerProblems({ footer, operations, registers }: History): readonly string[] {
  if (footer === null) return ["the history was cut short: what is missing could show an anomaly"];
  return [
    ...difference("operations", footer.operations, operations.length),
    ...difference("keys", footer.registers, registers.length),
  ];
}

function difference(what: string, said: number, found: number): readonly string[] {
  return said === found ? [] : [`the history says that it holds ${said} ${what}, and holds ${found}`];
}

function registerProblems({ registers, redeclared }: Evidence): readonly string[] {
  // No id contains a control character.
  const identities = registers.map(
    ({ variant, scope, participants }) => `${variant}\n${scope}\n${participants.join("\n")}`,
  );
  const twins = repeated(identities).map((identity) => registers[identities.indexOf(identity)]?.key ?? "");
  return [
    ...about(redeclared, "declared more than once"),
    ...about(twins, "not alone with its people and its scope"),
  ];
}

function operationProblems({ table, registerNamed }: Evidence): readonly string[] {
  const twice = repeatedNumber(table.op.subarray(0, table.length));
  return [
    ...about(
      table.keys.filter((key) => registerNamed(key) === nothing),
      "called and not declared",
    ),
    ...(twice === null ? [] : [`more than one operation has the number ${twice}`]),
  ];
}

function repeatedNumber(numbers: Float64Array): number | null {
  const sorted = numbers.every((number, index) => index === 0 || number > cell(numbers, index - 1))
    ? numbers
    : numbers.toSorted();
  return sorted.find((number, index) => index > 0 && number === cell(sorted, index - 1)) ?? null;
}

function auditProblems({ history, registers, registerNamed, auditOf, reread }: Evidence): readonly string[] {
  if (history.footer?.audited !== true) return ["the database was not read at the end"];
  const read = history.audit.map(({ key }) => key);
  const unread = registers.filter((_, register) => auditOf(register) === null);
  return [
    ...about(
      unread.map(({ key }) => key),
      "not read at the end",
    ),
    ...about(reread, "read more than once at the end"),
    ...about(
      read.filter((key) => registerNamed(key) === nothing),
      "read at the end and not declared",
    ),
  ];
}

function repeated(names: readonly string[]): readonly string[] {
  if (new Set(names).size === names.length) return [];
  const once = new Set<string>();
  const twice = new Set<string>();
  for (const name of names) (once.has(name) ? twice : once).add(name);
  return [...twice];
}

function about(keys: readonly string[], what: string): readonly string[] {
  const [first] = keys;
  if (first === undefined) return [];
  return [keys.length === 1 ? `${first} was ${what}` : `${keys.length} keys, such as ${first}, were ${what}`];
}
