import { describe, expect, it } from "vitest";
import { reproduceCommand } from "../../src/plan/reproduce-command.ts";
import { type RunSettings, runSettings } from "../../src/plan/run-settings.ts";
import { RunFlags } from "../../src/plan/run-flags.ts";
import { testHost } from "../test-host.ts";

function settingsOf(flags: object): RunSettings {
  return runSettings(RunFlags.parse(flags), testHost());
}

function commandOf(profile: string, seed: number, typed: object): string {
  return reproduceCommand({ command: "onechat-stress", profile, seed, typed: { ...typed } });
}

describe("the thresholds of a profile", () => {
  const limits = (threshold: string[]) =>
    settingsOf({ profile: "ci", threshold }).usualThresholds.map(({ expression }) => expression);

  it("give way to what is claimed of the same figures, and to nothing else", () => {
    const usual = limits([]);
    const [first = ""] = usual;
    expect(limits([first.replace(/<.*/, "<9")])).toEqual(usual.slice(1));
    expect(limits(["latency: max<9s"])).toEqual(usual);
  });
});

describe("the command that plans a run again", () => {
  it("is the profile and the seed where nothing else was said", () => {
    expect(commandOf("ci", 7, {})).toBe("onechat-stress run ci --seed 7");
  });

  it.each([
    { workload: ["hot,burst"], callers: "40", procs: "3" },
    { path: ["http", "domain"], fault: ["api-kill"], duration: "2s", repeats: "4" },
    { variant: ["ours"], fault: ["none"], rounds: "3", rate: "50/s", timeout: "1s", keys: "9" },
  ])("says every flag that changes the plan: %j", (flags) => {
    const command = commandOf("smoke", 3, { ...flags, out: "there", keepDb: true });
    expect(command).toMatch(/^onechat-stress run smoke --seed 3 --/);
    const lists = new Set(["workload", "path", "variant", "fault"]);
    const said = [...command.matchAll(/--(\w+) (\S+)/g)].map(([, flag = "", value = ""]) => ({
      flag,
      value,
    }));
    const again = Object.fromEntries(
      said.map(({ flag, value }) => {
        const values = said.filter((each) => each.flag === flag).map((each) => each.value);
        return [flag, lists.has(flag) ? values : value];
      }),
    );
    expect(settingsOf({ profile: "smoke", ...again })).toEqual(
      settingsOf({ profile: "smoke", seed: "3", ...flags }),
    );
  });

  it("names the subject and where it ran, but no password", () => {
    const uri = "mongodb://me:secret@db.example/app";
    const command = commandOf("ci", 7, { store: "./my-store.mjs", against: "./old.mjs", uri });
    expect(command).toContain("run ci --seed 7 --store ./my-store.mjs --against ./old.mjs");
    expect(command).toContain("--uri mongodb://me:PASSWORD@db.example/app");
  });

  it("asks for the same thresholds, quoted for a shell", () => {
    const threshold = ["latency{path:http,variant:ours}: p(99)<80", "errors: rate<0.5"];
    const command = commandOf("ci", 7, { threshold });
    const quoted = [...command.matchAll(/--threshold '([^']+)'/g)].map(([, text]) => text ?? "");
    expect(quoted).toHaveLength(2);
    const again = settingsOf({ profile: "ci", threshold: quoted });
    expect(again.thresholds).toEqual(settingsOf({ profile: "ci", threshold }).thresholds);
  });
});
