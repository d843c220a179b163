import { describe, expect, it } from "vitest";
import { stress } from "../../src/cli/program.ts";
import { testHost } from "../test-host.ts";

async function refused(
  argv: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const host = testHost(files);
  expect(await stress(argv, host)).toBe(104);
  expect(host.written.out).toBe("");
  return host.written.err;
}

describe("the command line", () => {
  it("explains itself, with every command and every exit code", async () => {
    const host = testHost();
    expect(await stress(["--help"], host)).toBe(0);
    for (const command of ["run", "check", "report", "selftest"])
      expect(host.written.out).toMatch(new RegExp(`^  ${command}\\b`, "m"));
    for (const code of [1, 107, 105, 2, 99, 104, 0])
      expect(host.written.out).toMatch(new RegExp(`^ +${code}  `, "m"));
  });

  it.each(["run", "check", "report", "selftest"])("explains %s", async (command) => {
    const host = testHost();
    expect(await stress([command, "--help"], host)).toBe(0);
    expect(host.written.out).toContain(`Usage: onechat-stress ${command}`);
  });

  it("tells its version", async () => {
    const host = testHost();
    expect(await stress(["--version"], host)).toBe(0);
    expect(host.written.out).toBe("1.2.3\n");
  });

  it.each([
    { wrong: [], says: "Usage: onechat-stress" },
    { wrong: ["ran"], says: "unknown command 'ran'" },
    { wrong: ["run", "smoke", "--frobnicate"], says: "unknown option '--frobnicate'" },
    { wrong: ["run", "smoke", "--seed"], says: "argument missing" },
    { wrong: ["run", "smoke", "ci"], says: "too many arguments" },
    { wrong: ["check"], says: "missing required argument 'history'" },
    { wrong: ["report"], says: "missing required argument 'run'" },
  ])("refuses $wrong", async ({ wrong, says }) => {
    expect(await refused(wrong)).toContain(says);
  });
});

describe("the flags of run", () => {
  it.each([
    { flags: ["quick"], says: "the profile: one of smoke, ci, chaos, bench, soak" },
    { flags: ["smoke", "--seed", "-1"], says: "--seed: a whole number from 0 to 4294967295" },
    { flags: ["smoke", "--callers", "1"], says: "--callers: a whole number from 2 to 2000" },
    { flags: ["smoke", "--workload", "hot,warm"], says: "--workload: one of hot, burst" },
    { flags: ["smoke", "--path", "tcp"], says: "--path: one of domain, http, http-batch" },
    { flags: ["smoke", "--variant", "theirs"], says: "--variant: one of ours, naive" },
    { flags: ["smoke", "--fault", "meteor"], says: "--fault: one of api-kill" },
    { flags: ["smoke", "--duration", "5"], says: "--duration: a duration such as 500ms, 5s or 2m" },
    { flags: ["smoke", "--timeout", "0s"], says: "--timeout: a duration such as" },
    { flags: ["smoke", "--rate", "fast"], says: "--rate: a number of calls per second" },
    { flags: ["smoke", "--uri", "localhost"], says: "--uri: starts with mongodb://" },
    { flags: ["smoke", "--port", "0"], says: "--port: a whole number from 1" },
    { flags: ["smoke", "--target", "api"], says: "--target: an address such as" },
    { flags: ["smoke", "--target", "http://api"], says: "--target needs --token-command" },
    { flags: ["smoke", "--token-command", "x"], says: "--token-command belongs to --target" },
    { flags: ["smoke", "--store", "x.mjs", "--target", "http://api"], says: "two subjects" },
    {
      flags: ["smoke", "--store", "x.mjs", "--fault", "db-kill"],
      says: "the harness has no hold on this subject",
    },
    { flags: ["smoke", "--fault", "command"], says: "--fault-command says what it does" },
    { flags: ["smoke", "--fault-command", "stop"], says: "--fault-command: two commands, such as" },
    { flags: ["smoke", "--tolerance", "5"], says: "--tolerance: a share such as 5%" },
    { flags: ["smoke", "--people", "p.txt"], says: "--people p.txt: cannot be read (ENOENT)" },
  ])("are refused by name: $flags", async ({ flags, says }) => {
    expect(await refused(["run", ...flags])).toContain(says);
  });

  it("are refused all at once", async () => {
    const said = await refused(["run", "smoke", "--seed", "x", "--keys", "0", "--rounds", "many"]);
    expect(said.match(/^ {2}- --/gm)).toHaveLength(3);
  });

  it("do not let anybody kill a database that is not his", async () => {
    const said = await refused([
      "run",
      "smoke",
      "--uri",
      "mongodb://db.example",
      "--fault",
      "db-kill,api-kill",
    ]);
    expect(said).toContain("--fault db-kill: only a database engine of our own can be killed or stopped");
  });

  it("say where a threshold is wrong", async () => {
    expect(await refused(["run", "smoke", "--threshold", "latency: q(98)<80"])).toContain("--threshold");
  });

  it.each([
    { name: "is not there", files: {}, says: "--thresholds t.json: cannot be read (ENOENT)" },
    { name: "is not JSON", files: { "t.json": "{" }, says: "t.json is not JSON" },
    { name: "says something else", files: { "t.json": "{}" }, says: "t.json is no file of thresholds" },
  ])("name a file of thresholds that $name", async ({ files, says }) => {
    expect(await refused(["run", "smoke", "--thresholds", "t.json"], files)).toContain(says);
  });
});

describe("files of earlier runs", () => {
  it("are named when they cannot be read", async () => {
    expect(await refused(["check", "/nowhere/history.ndjson.gz"])).toContain("/nowhere/history.ndjson.gz");
    expect(await refused(["report", "/nowhere"])).toContain("/nowhere");
  });
});
