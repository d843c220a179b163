import { describe, expect, it } from "vitest";
import { parseCli, usage } from "../src/cli-options.ts";

describe("the command line", () => {
  it("needs nothing", () => {
    expect(parseCli([])).toEqual({ help: false });
  });

  it("takes port, folder and provider", () => {
    const argv = ["--port", "27018", "--dir", "data", "--provider=embedded"];
    expect(parseCli(argv)).toEqual({ help: false, port: 27_018, dir: "data", provider: "embedded" });
  });

  it("explains every option it takes", () => {
    expect(parseCli(["--help"])).toEqual({ help: true });
    for (const option of ["--port", "--dir", "--provider", "--help"]) expect(usage).toContain(option);
  });

  it.each([
    [["--prot", "1"], "--prot"],
    [["27017"], "27017"],
    [["--port"], "--port"],
    [["--port", "high"], "--port takes a number from 0 to 65535, not high"],
    [["--port", "65536"], "not 65536"],
    [["--port", "1.5"], "not 1.5"],
    [["--port="], "--port takes a number"],
    [
      ["--provider", "sqlite"],
      "--provider takes one of uri, testcontainers, mongod, embedded, download, not sqlite",
    ],
  ])("refuses %j", (argv, reason) => {
    expect(() => parseCli(argv)).toThrow(TypeError);
    expect(() => parseCli(argv)).toThrow(reason);
  });
});
