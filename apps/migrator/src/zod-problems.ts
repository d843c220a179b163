import type { z } from "zod";
import { knownNames } from "./known-names.ts";

/** Every issue with its path, one line each. */
export function zodProblems(error: z.ZodError | undefined): readonly string[] {
  return (error?.issues ?? []).map((issue) => {
    const path = pathText(issue.path);
    return `${path}${path === "" ? "" : ": "}${messageOf(issue)}`;
  });
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}

function messageOf(issue: z.core.$ZodIssue): string {
  const known = issue.code === "unrecognized_keys" ? knownNames(issue.path) : [];
  if (known.length > 0) return `${issue.message}; there are ${known.join(", ")}`;
  if (issue.code !== "invalid_union") return issue.message;
  // The branch that came furthest is the one that was meant; without one, all that is known is the choice.
  const meant = issue.errors.find((branch) => branch.every(({ path }) => path.length > 0));
  if (meant === undefined) return unionChoice(issue.errors.flat());
  return meant.map(({ path, message }) => `${pathText(path)}: ${message}`).join("; ");
}

function unionChoice(issues: readonly z.core.$ZodIssue[]): string {
  const choices = issues.flatMap((issue) => (issue.code === "invalid_value" ? issue.values : []));
  if (choices.length === 0) {
    const names = issues.flatMap(({ path }) => (path.length === 1 ? path.map(String) : []));
    if (names.length === 0) return [...new Set(issues.map(({ message }) => message))].join("; or ");
    return `expected an object with one of ${[...new Set(names)].join(", ")}`;
  }
  return `expected ${choices.map((choice) => JSON.stringify(choice)).join(", ")} or an object such as {"newestBy": "updatedAt"}`;
}
