import { describe, expect, it } from "vitest";
import { permutation } from "../src/permutation.ts";

describe("a permutation", () => {
  it.each([1, 2, 3, 17, 1000, 65_537])("of %i numbers has each once, and finds its place again", (limit) => {
    const shuffled = permutation(limit, 5);
    const values = Array.from({ length: limit }, (_, index) => shuffled.at(index));
    expect(new Set(values).size).toBe(limit);
    expect(Math.max(...values.slice(0, 1000))).toBeLessThan(limit);
    expect(values.every((value, index) => shuffled.indexOf(value) === index)).toBe(true);
  });
});
