import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyedQueue } from "../src/concurrency/keyed-queue.ts";

const keys = ["a", "b", "c", "d", "e", "f", "g", "h"];
const key = fc.constantFrom(...keys);
type Both = readonly [queue: KeyedQueue<number>, model: Map<string, number>];

/** One thing done to a queue and to a Map, and what each gave. */
const step: fc.Arbitrary<(both: Both) => readonly [unknown, unknown]> = fc.oneof(
  fc.tuple(key, fc.nat()).map(
    ([name, value]) =>
      ([queue, model]: Both) =>
        [queue.set(name, value), void model.set(name, value)] as const,
  ),
  key.map(
    (name) =>
      ([queue, model]: Both) =>
        [queue.delete(name), void model.delete(name)] as const,
  ),
  fc.nat(5).map((count) => ([queue, model]: Both) => {
    const first = [...model].slice(0, count);
    for (const [name] of first) model.delete(name);
    return [queue.take(count), first] as const;
  }),
);

describe("a keyed queue", () => {
  it("holds what a Map would hold, in the order in which it came, however it is emptied and filled", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new KeyedQueue<number>();
        const model = new Map<string, number>();
        for (const run of steps) {
          const [given, expected] = run([queue, model]);
          expect(given).toEqual(expected);
          expect(queue.size).toBe(model.size);
          expect(keys.map((name) => queue.get(name))).toEqual(keys.map((name) => model.get(name)));
        }
        expect(queue.take(100)).toEqual([...model]);
      }),
    );
  });
});
