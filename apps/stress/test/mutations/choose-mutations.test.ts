import { describe, expect, it } from "vitest";
import { chooseMutations } from "./choose-mutations.ts";
import { mutations } from "./mutations.ts";

const namesOf = (asked: string): readonly string[] =>
  chooseMutations(mutations, asked).map(({ name }) => name);

describe("the mutations that are tried", () => {
  it("are three, beginning with a number, so that every one has its turn", () => {
    const turns = mutations.map((_, n) => namesOf(String(1_764_412_345 + n)));
    expect(new Set(turns.map((names) => names.length))).toEqual(new Set([3]));
    expect(new Set(turns.flat()).size).toBe(mutations.length);
    expect(namesOf("0")).toEqual(mutations.slice(0, 3).map(({ name }) => name));
    expect(namesOf(String(mutations.length))).toEqual(namesOf("0"));
  });

  it("are a part of them, and all parts are everything", () => {
    const parts = ["1/4", "2/4", "3/4", "4/4"].flatMap((part) => namesOf(part));
    expect(parts.toSorted()).toEqual(namesOf("all").toSorted());
  });

  it("are those that are named, or all", () => {
    expect(namesOf("scope-left-out")).toEqual(["scope-left-out"]);
    expect(namesOf("scope-left-out, no-judge")).toEqual(["scope-left-out", "no-judge"]);
    expect(namesOf("all")).toEqual(mutations.map(({ name }) => name));
  });

  it("have to exist", () => {
    expect(() => namesOf("scope")).toThrow('MUTATIONS names "scope"; there are no-judge, ');
  });

  it("have names of their own", () => {
    expect(new Set(namesOf("all")).size).toBe(mutations.length);
  });
});
