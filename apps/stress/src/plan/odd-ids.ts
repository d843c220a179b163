import { range } from "d3-array";
import { newRegister, type PeopleSource, type PlannedRegister } from "./workload-plan.ts";

/** Texts that some step of many a program takes for one another: by case, by form, by what numbers or locales make of them. */
const alike: readonly (readonly string[])[] = [
  ["Ann", "ann", "ANN"],
  ["caf\u00E9", "cafe\u0301", "CAF\u00C9"],
  ["stra\u00DFe", "strasse", "STRASSE"],
  ["\u0130lk", "ilk", "\u0131lk", "i\u0307lk"],
  ["1", "01", "1.0", "1e0"],
  ["\uFB01n", "fin", "\uFF46in"],
  ["a\u200Bb", "ab", "a\u00ADb"],
  ["null", "undefined", "true", "0", "[]", "{}"],
  ["\u03C3", "\u03C2", "\u03A3"],
  ["co-op", "coop", "co\u2010op"],
];
/** Of every plane that has letters, from right to left too. */
const planes = "\u00F6 \u0416 \u05D0 \u0939 \u4E2D \u{1F600} \u{1D504} \u{20000} \u{100000}".split(" ");
/** Between ids: a set of two, one of which looks like two, and the set of three are one text when they are joined. */
const delimiters = [",", ":", "|", "_", " ", '","', "\\"];
/** Numbers of people around where one might stop to look, up to the most that a chat has. */
const sizes = [1, 2, 3, 8, 10, 11, 12, 16, 17, 32, 33, 64, 65, 99, 100];

/** Each of these sets of people is one chat's, however much it looks like another. */
export function oddRegisters(source: PeopleSource): readonly PlannedRegister[] {
  const register = (name: string, members: readonly string[]) => newRegister(source, name, members);
  return [
    ...alike.flatMap((forms, n) => [
      ...forms.map((form, which) => register(`alike-${n}-${which}`, [`${n}-${form}`, `${n}-x`])),
      // All forms in one set: whoever sorts by locale has an order that depends on how they were named.
      register(
        `together-${n}`,
        forms.map((form) => `${n}-t-${form}`),
      ),
    ]),
    ...planes.map((letter, n) =>
      register(`plane-${n}`, [`${n}-${letter}`, `${n}-\uFF5E${letter}`, `${n}-z`]),
    ),
    ...delimiters.flatMap((delimiter, n) => [
      register(`joined-${n}-two`, [`${n}j-a`, `${n}j-b${delimiter}${source.prefix}-${n}j-c`]),
      register(`joined-${n}-three`, [`${n}j-a`, `${n}j-b`, `${n}j-c`]),
    ]),
    ...sizes.map((size) =>
      register(
        `size-${size}`,
        range(size).map((member) => `m${String(member).padStart(3, "0")}`),
      ),
    ),
  ];
}
