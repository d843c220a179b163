import { cell } from "../history/operation-table.ts";
import type { History } from "../history/history.ts";

/** What is wrong with the record itself. */
export function recordProblems(history: History): readonly string[] {
  return [
    ...footerProblems(history),
    ...registerProblems(history),
    ...operationProblems(history),
    ...auditProblems(history),
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

function registerProblems({ registers }: History): readonly string[] {
  const identity = new Map(
    registers.map(({ key, variant, scope, participants }) => [
      key,
      // No id contains a control character.
      `${variant}\n${scope}\n${participants.join("\n")}`,
    ]),
  );
  return [
    ...about(repeated(registers.map(({ key }) => key)), "declared more than once"),
    ...about(
      repeated([...identity.values()]).map((twin) => keyOf(identity, twin)),
      "not alone with its people and its scope",
    ),
  ];
}

function keyOf(identity: ReadonlyMap<string, string>, twin: string): string {
  return [...identity].find(([, value]) => value === twin)?.[0] ?? "";
}

function operationProblems({ operations, registers }: History): readonly string[] {
  const declared = new Set(registers.map(({ key }) => key));
  const twice = repeatedNumber(operations.op.subarray(0, operations.length));
  return [
    ...about(
      operations.keys.filter((key) => !declared.has(key)),
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

function auditProblems({ registers, audit, footer }: History): readonly string[] {
  if (footer?.audited !== true) return ["the database was not read at the end"];
  const declared = new Set(registers.map(({ key }) => key));
  const read = audit.map(({ key }) => key);
  const wasRead = new Set(read);
  return [
    ...about(
      [...declared].filter((key) => !wasRead.has(key)),
      "not read at the end",
    ),
    ...about(repeated(read), "read more than once at the end"),
    ...about(
      read.filter((key) => !declared.has(key)),
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
