import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";
import { machineLoad } from "../machine-load.ts";
import { runFacts } from "./run-facts.ts";
import { summaryText } from "./summary-text.ts";

/** Ends a run of vitest with the names of what failed and of what was skipped, and says how busy the machine was. */
export function runSummary(print: (text: string) => void): Reporter {
  const loads = new Map<string, string>();
  const note = ({ id }: TestCase | TestSuite | TestModule): void => void loads.set(id, machineLoad());
  let sample: string | undefined;
  return {
    onTestRunStart: (specifications) => {
      sample = specifications.map(({ project }) => project.config.env?.["SAMPLE"]).find(Boolean);
      if (sample !== undefined) print(`samples are chosen by SAMPLE=${sample}; set it to repeat this run`);
    },
    onTestCaseResult: (test) => {
      if (test.result().state === "failed") note(test);
    },
    onTestSuiteResult: (suite) => {
      if (suite.errors().length > 0) note(suite);
    },
    onTestModuleEnd: (module) => {
      if (module.errors().length > 0) note(module);
    },
    onTestRunEnd: (modules, unhandled) => {
      const facts = runFacts(modules, unhandled, ({ id }) => loads.get(id) ?? machineLoad());
      if (sample !== undefined && facts.failures.length > 0)
        print(`\nsamples were chosen by SAMPLE=${sample}; set it to repeat this run`);
      print(`\n${summaryText(facts)}\n`);
    },
  };
}
