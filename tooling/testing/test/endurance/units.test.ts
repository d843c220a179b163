import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseEnduranceOptions } from "../../src/endurance/cli-options.ts";
import { enduranceUnits } from "../../src/endurance/units.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const units = enduranceUnits(7);
const files = units.flatMap(({ args }) => args.filter((arg) => /^[^-].*\.test\.ts$/.test(arg)));

describe("the units of endurance", () => {
  it("name no thorough test that is not there, and try every other one once", () => {
    expect(files.filter((file) => !existsSync(`${root}${file}`))).toEqual([]);
    const { args = [] } = units.find(({ name }) => name === "every other thorough test") ?? {};
    expect(args.filter((arg) => arg.startsWith("--exclude="))).toEqual(
      [...new Set(files)].map((file) => `--exclude=${file}`),
    );
  });

  it("have a name each, by which their results are found again", () => {
    expect(new Set(units.map(({ name }) => name)).size).toBe(units.length);
  });

  it("are the same for the same tree, and draw other numbers for another one", () => {
    expect(enduranceUnits(7)).toEqual(units);
    expect(enduranceUnits(8)).not.toEqual(units);
    expect(enduranceUnits(8).map(({ name }) => name)).toEqual(units.map(({ name }) => name));
  });
});

describe("the options", () => {
  it("are everything, unless told", () => {
    expect(parseEnduranceOptions([])).toMatchObject({ shard: { part: 1, of: 1 }, list: false, json: false });
    expect(parseEnduranceOptions(["--shard", "2/4", "--json"])).toMatchObject({
      shard: { part: 2, of: 4 },
      json: true,
    });
  });

  it.each([["--shard", "0/4"], ["--shard", "5/4"], ["--shard", "1"], ["--shrad", "1/4"], ["all"]])(
    "are not guessed: %s %s",
    (...argv) => {
      expect(() => parseEnduranceOptions(argv.filter((arg) => arg !== undefined))).toThrow(TypeError);
    },
  );
});
