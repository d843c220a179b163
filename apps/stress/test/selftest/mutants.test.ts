import { expect, test } from "vitest";
import { mutatedChecker, type Mutation } from "./mutated-checker.ts";

const mutations: readonly (Mutation & { readonly what: string })[] = [
  {
    what: "takes equal instants for a contradiction",
    file: "window.ts",
    from: "window.from <= window.until",
    to: "window.from < window.until",
  },
];

test.each(mutations)("a checker that $what is found out", { timeout: 120_000 }, async (mutation) => {
  await using mutated = await mutatedChecker(mutation);
  const { disagreements } = await mutated.crossCheck({
    seed: 1,
    histories: 20_000,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  expect(disagreements.length).toBeGreaterThan(0);
});
