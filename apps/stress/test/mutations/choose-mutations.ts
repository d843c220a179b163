import { sampleOf } from "@onechat/testing";
import type { Mutation } from "./mutations.ts";

/** So many are tried in a run, others in the next one. */
const sampleSize = 3;

/**
 * Which mutations are tried: those that are named, separated by commas, or `all`, or a part of them such as `3/4`, or
 * some, in turn by a number.
 *
 * @throws Error when a name is not known
 */
export function chooseMutations<M extends Pick<Mutation, "name">>(
  mutations: readonly M[],
  asked: string,
): readonly M[] {
  if (asked === "all") return mutations;
  if (/^\d+$/.test(asked)) return sampleFrom(mutations, Number(asked));
  if (asked.includes("/")) {
    const part = sampleOf(1, { SAMPLE: asked });
    return mutations.filter((_, place) => part.has(place));
  }
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
  throw new Error(
    `MUTATIONS names "${name}"; there are ${known}; or say "all", a part such as 3/4, or a number`,
  );
}
