import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exits } from "../../src/exit-codes.ts";

const page = readFileSync(new URL("../../../../docs/stress.md", import.meta.url), "utf8");

describe("docs/stress.md", () => {
  it("lists the harness's exit codes, all of them and no other", () => {
    const chapter = page.split("## Exit codes")[1]?.split("\n## ")[0] ?? "";
    const listed = [...chapter.matchAll(/^\| (\d+) /gm)].map(([, code]) => Number(code));
    const codes = Object.values(exits).map(({ code }) => code);
    expect(listed).toEqual(codes.toSorted((a, b) => a - b));
  });
});
