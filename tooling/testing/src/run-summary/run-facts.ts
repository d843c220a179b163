import type { SerializedError } from "vitest";
import type { TestCase, TestModule, TestSuite } from "vitest/node";
import type { SkippedMeta } from "../needs.ts";

/** Something that failed: a test, or a suite or a file that did not come to its tests. */
export interface Failure {
  readonly name: string;
  /** The first line of its first error. */
  readonly said: string;
  /** How long the test took, in milliseconds; `null` for what is no test. */
  readonly tookMs: number | null;
  /** How busy the machine was when it failed. */
  readonly load: string;
  /** How many tests are failed or were not run because of it. */
  readonly tests: number;
}

/** Tests that were skipped for one reason. */
export interface Skipped {
  readonly reason: string;
  /** Tests, or suites that are skipped as a whole, each with its number of tests. */
  readonly names: ReadonlyMap<string, number>;
}

export interface RunFacts {
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly skipped: readonly Skipped[];
}

type Entity = TestCase | TestSuite | TestModule;

/** How busy the machine was when this failed, as far as it was noted. */
export type LoadOf = (entity: Entity) => string;

/** What has become of all tests of a run. */
export function runFacts(
  modules: readonly TestModule[],
  unhandled: readonly SerializedError[],
  loadOf: LoadOf,
): RunFacts {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const broken = modules.flatMap((module) => [module, ...module.children.allSuites()]).filter(hasErrors);
  const failedTests = tests.filter((test) => test.result().state === "failed");
  return {
    passed: tests.filter((test) => test.result().state === "passed").length,
    failures: [
      ...failedTests.map((test) => testFailure(test, loadOf)),
      ...broken.map((suite) => suiteFailure(suite, loadOf)),
      ...unhandled.map((error) => ({
        name: "an error outside of every test",
        said: firstLine(error),
        tookMs: null,
        load: "",
        tests: 1,
      })),
    ],
    skipped: skippedByReason(tests.filter((test) => wasSkipped(test) && brokenAbove(test) === null)),
  };
}

function testFailure(test: TestCase, loadOf: LoadOf): Failure {
  const [error] = test.result().errors ?? [];
  const tookMs = test.diagnostic()?.duration ?? null;
  return { name: nameOf(test), said: firstLine(error), tookMs, load: loadOf(test), tests: 1 };
}

/** A hook or an import that failed takes the tests behind it along. */
function suiteFailure(suite: TestSuite | TestModule, loadOf: LoadOf): Failure {
  const behind = [...suite.children.allTests()].filter(
    (test) => wasSkipped(test) && brokenAbove(test) === suite,
  );
  return {
    name: nameOf(suite),
    said: firstLine(suite.errors()[0]),
    tookMs: null,
    load: loadOf(suite),
    tests: Math.max(1, behind.length),
  };
}

function hasErrors(suite: TestSuite | TestModule): boolean {
  return suite.errors().length > 0;
}

function wasSkipped(test: TestCase): boolean {
  const { state } = test.result();
  return state === "skipped" || state === "pending";
}

/** The suites that the test is in, innermost first, and its file. */
function parentsOf(test: TestCase): readonly (TestSuite | TestModule)[] {
  const parents: (TestSuite | TestModule)[] = [];
  for (
    let parent: TestSuite | TestModule | null = test.parent;
    parent !== null;
    parent = parent.type === "suite" ? parent.parent : null
  )
    parents.push(parent);
  return parents;
}

function brokenAbove(test: TestCase): TestSuite | TestModule | null {
  return parentsOf(test).find(hasErrors) ?? null;
}

function skippedByReason(tests: readonly TestCase[]): readonly Skipped[] {
  const byReason = new Map<string, Map<string, number>>();
  for (const test of tests) {
    const { reason, by } = whySkipped(test);
    const names = byReason.get(reason) ?? new Map<string, number>();
    byReason.set(reason, names.set(nameOf(by), (names.get(nameOf(by)) ?? 0) + 1));
  }
  return [...byReason].map(([reason, names]) => ({ reason, names }));
}

/** The reason, and the outermost suite or the test that it was given for. */
function whySkipped(test: TestCase): { readonly reason: string; readonly by: Entity } {
  const result = test.result();
  if (result.state === "pending") return { reason: "the run was stopped", by: test.module };
  if (result.state === "skipped" && result.note !== undefined) return { reason: result.note, by: test };
  for (const by of [...parentsOf(test).toReversed(), test]) {
    const { skippedBecause } = by.meta() as SkippedMeta;
    if (skippedBecause !== undefined) return { reason: skippedBecause, by };
  }
  const filtered = test.project.config.testNamePattern !== undefined;
  return filtered
    ? { reason: "their names were not asked for", by: test.module }
    : { reason: "no reason is given", by: test };
}

function nameOf(entity: Entity): string {
  if (entity.type === "module") return entity.relativeModuleId;
  return `${entity.module.relativeModuleId} > ${entity.fullName}`;
}

function firstLine(error: SerializedError | undefined): string {
  return (error?.message ?? "no error was reported").split("\n", 1)[0] ?? "";
}
