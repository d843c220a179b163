import type { MigrationErrorCode, RunOutcome } from "@onechat/chat-domain/migrate";
import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../src/command-line.ts";
import { commands } from "../src/commands/index.ts";
import { exitOfError, exitOfOutcome, exits } from "../src/exit-codes.ts";
import { testHost } from "./test-host.ts";

describe("exit codes", () => {
  it("are what pipelines rely on", () => {
    expect(Object.values(exits).map(({ code }) => code)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 75, 130, 143]);
  });

  it("follow from how a run ended", () => {
    const ends: readonly (readonly [RunOutcome, number])[] = [
      ["done", 0],
      ["nothing-to-do", 0],
      ["parked", 6],
      ["paused", 7],
      ["out-of-time", 7],
      ["unsettled", 7],
    ];
    for (const [outcome, code] of ends) expect(exits[exitOfOutcome(outcome, null)].code).toBe(code);
    expect(exits[exitOfOutcome("interrupted", "SIGINT")].code).toBe(130);
    expect(exits[exitOfOutcome("interrupted", "SIGTERM")].code).toBe(143);
  });

  it("follow from why it failed", () => {
    const failures: readonly (readonly [MigrationErrorCode, number])[] = [
      ["PREFLIGHT_REFUSED", 3],
      ["LOCKED", 75],
      ["LEASE_LOST", 75],
      ["ABORTED", 1],
      ["UNAVAILABLE", 1],
      ["REFUSED", 1],
      ["NOT_FOUND", 1],
    ];
    for (const [failure, code] of failures) expect(exits[exitOfError(failure)].code).toBe(code);
  });

  it("are all in the help, and every command tells its own, with an example", () => {
    const helpOf = (...argv: readonly string[]): string => {
      const host = testHost();
      expect(parseCommandLine(argv, host)).toEqual({ exit: "ok" });
      expect(host.written.err).toBe("");
      return host.written.out;
    };
    const help = helpOf("--help");
    for (const { code, meaning } of Object.values(exits))
      expect(help).toMatch(new RegExp(`^ +${code}  ${meaning.replaceAll(/[()]/g, "\\$&")}$`, "m"));
    for (const { name, exits: own, example } of commands) {
      const text = helpOf(name, "--help");
      expect(help).toContain(`  ${name} `);
      expect(text).toContain(`Example:\n  ${example}\n`);
      for (const exit of ["ok", "failed", "usage", ...own] as const)
        expect(text).toContain(`  ${exits[exit].code}  ${exits[exit].meaning}\n`);
    }
  });
});

describe("the command line", () => {
  const refusalOf = (...argv: readonly string[]): string => {
    const host = testHost();
    expect(parseCommandLine(argv, host)).toEqual({ exit: "usage" });
    expect(host.written.out).toBe("");
    return host.written.err;
  };

  it("refuses what it does not know, with a message", () => {
    expect(refusalOf("plan", "--exectue")).toContain("unknown option '--exectue'");
    expect(refusalOf("plna")).toContain("unknown command 'plna'");
    expect(refusalOf("explain")).toContain("missing required argument 'chatId'");
    expect(refusalOf("status", "more")).toContain("too many arguments");
    expect(refusalOf("up", "--batch")).toContain("argument missing");
    expect(refusalOf()).toContain("Usage: migrator");
  });

  it("gives flags and arguments to the command", () => {
    expect(
      parseCommandLine(["up", "--execute", "--to", "merge", "--max-runtime", "5m"], testHost()),
    ).toMatchObject({
      command: { name: "up" },
      flags: { execute: true, to: "merge", maxRuntime: "5m" },
    });
    expect(parseCommandLine(["explain", "c1", "--json"], testHost())).toMatchObject({
      argument: "c1",
      flags: { json: true },
    });
  });
});
