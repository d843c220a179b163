import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exits } from "../../src/exit-codes.ts";

const readme = readFileSync(new URL("../../../../README.md", import.meta.url), "utf8");

describe("the README", () => {
  it("lists the harness's exit codes, all of them and no other", () => {
    const chapter = readme.split("## The proof")[1]?.split("\n## ")[0] ?? "";
    const listed = [...chapter.matchAll(/^\| (\d+) /gm)].map(([, code]) => Number(code));
    const codes = Object.values(exits).map(({ code }) => code);
    expect(listed).toEqual(codes.toSorted((a, b) => a - b));
  });
});
