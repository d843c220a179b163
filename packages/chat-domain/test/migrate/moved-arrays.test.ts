import { ObjectId } from "mongodb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Merge } from "../../src/migrate/context/migration-records.ts";
import { arrayWithout } from "../../src/migrate/merge/references/array-references.ts";

function merge(loser: string, survivor: string): Merge {
  return { loser, survivor, epoch: 1 };
}

/** What the server makes of an array when a loser is merged. */
function moved(array: readonly unknown[], { loser, survivor }: Merge): readonly unknown[] {
  const replaced = array.map((id) => (id === loser ? survivor : id));
  return replaced.filter((id, index) => id !== survivor || replaced.indexOf(id) === index);
}

describe("an array of chat ids that losers were taken from", () => {
  it("becomes exactly what it was, in whatever order merges are undone", () => {
    const merges = [merge("a1", "A"), merge("a2", "A"), merge("b1", "B"), merge("c1", "C")];
    const ids = ["A", "B", "C", "D", ...merges.map(({ loser }) => String(loser))];
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1 }),
        fc.shuffledSubarray(merges, { minLength: merges.length }),
        fc.shuffledSubarray(merges, { minLength: merges.length }),
        (original, forward, back) => {
          const present = (list: readonly Merge[]): Merge[] =>
            list.filter(({ loser }) => original.includes(String(loser)));
          let current: readonly unknown[] = present(forward).reduce<readonly unknown[]>(moved, original);
          let left = present(forward);
          for (const undone of present(back)) {
            current = arrayWithout({ original, current, merges: left }, [undone]);
            left = left.filter((other) => other !== undone);
          }
          expect(current).toEqual(original);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("becomes exactly what it was when a run was killed between recording moves and making them", () => {
    const merges = [merge("a1", "A"), merge("b1", "B")];
    const array = { original: ["a1", "A", "b1"], current: ["A", "b1"], merges };
    expect(arrayWithout(array, merges)).toEqual(array.original);
    expect(arrayWithout(array, merges.slice(0, 1))).toEqual(array.original);
    expect(arrayWithout(array, merges.slice(1))).toEqual(array.current);
  });

  it("keeps what somebody has added since, and gets the loser back beside it", () => {
    const merges = [merge("a1", "A")];
    const array = { original: ["a1", "x"], current: ["A", "x", "new"], merges };
    expect(arrayWithout(array, merges)).toEqual(["a1", "x", "new"]);
    expect(arrayWithout({ ...array, original: ["A", "a1"], current: ["A", "new"] }, merges)).toEqual([
      "A",
      "new",
      "a1",
    ]);
  });

  it("gets losers that came later once each, in the form of the others", () => {
    const [survivor, loser] = ["1", "2"].map((digit) => new ObjectId(digit.repeat(24))) as [
      ObjectId,
      ObjectId,
    ];
    const merges = [1, 2].map(() => ({ loser, survivor, epoch: 1 }));
    const array = { original: [String(survivor), "x"], current: [String(survivor), "x"], merges };
    expect(arrayWithout(array, merges)).toEqual([String(survivor), "x", String(loser)]);
    const other = "3".repeat(24);
    expect(arrayWithout({ ...array, current: [other] }, merges)).toEqual([other, String(loser)]);
  });
});
