import type { Mutation } from "./mutations.ts";

/** So many are tried in a run, others in the next one. */
const sampleSize = 3;

/**
 * Which mutations are tried. `MUTATIONS` names them, separated by commas, or says `all`, or with which number the sample
 * begins; without it the sample begins anywhere.
 *
 * @throws Error when it says something else
 */
export function chooseMutations<M extends Pick<Mutation, "name">>(
  mutations: readonly M[],
  asked: string | undefined,
  anywhere: () => number = Math.random,
): readonly M[] {
  if (asked === "all") return mutations;
  if (asked === undefined || asked === "")
    return sampleFrom(mutations, Math.floor(anywhere() * mutations.length));
  if (/^\d+$/.test(asked)) return sampleFrom(mutations, Number(asked));
  return asked.split(",").map((name) => named(mutations, name.trim()));
}

function sampleFrom<M>(mutations: readonly M[], start: number): readonly M[] {
  return Array.from({ length: sampleSize }, (_, n) => (start + n) % mutations.length).flatMap(
    (index) => mutations[index] ?? [],
  );
}

function named<M extends Pick<Mutation, "name">>(mutations: readonly M[], name: string): M {
  const found = mutations.find((mutation) => mutation.name === name);
  if (found !== undefined) return found;
  const known = mutations.map((mutation) => mutation.name).join(", ");
  throw new Error(`MUTATIONS names "${name}"; there are ${known}; or say "all" or a number`);
}
