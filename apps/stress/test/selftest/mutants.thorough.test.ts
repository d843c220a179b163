import { expect, test } from "vitest";
import { mutatedChecker, type Mutation } from "./mutated-checker.ts";

/** Mistakes that are easily made in a checker; each must make it disagree with the search. */
const mutations: readonly (Mutation & { readonly what: string })[] = [
  {
    what: "takes equal instants for a contradiction",
    file: "window.ts",
    from: "window.from <= window.until",
    to: "window.from < window.until",
  },
  {
    what: "forgets that a call with unknown outcome may have created",
    file: "sightings.ts",
    from: 'if (outcome === "unknown") return true;',
    to: "",
  },
  {
    what: "forgets that a call which asked again may have created",
    file: "sightings.ts",
    from: "(retried === true && !created)",
    to: "false",
  },
  {
    what: "takes the last of several candidates for the creator",
    file: "sightings.ts",
    from: "candidate: least(operations",
    to: "candidate: greatest(operations",
  },
  {
    what: "looks only at the first call that saw nothing",
    file: "sightings.ts",
    from: "const lastStarted = greatest(some, startOf);",
    to: "const lastStarted = first;",
  },
  {
    what: "looks only at the first call that saw the chat",
    file: "sightings.ts",
    from: "const firstEnded = least(some, endOf);",
    to: "const firstEnded = first;",
  },
  {
    what: "does not mind a second creator",
    file: "decide-new.ts",
    from: "creators.length < 2",
    to: "creators.length < 3",
  },
  {
    what: "does not mind when the creator began",
    file: "decide-new.ts",
    from: "return isItsOwn ? notBefore(always, creator) : always;",
    to: "return always;",
  },
  {
    what: "does not take CHAT_NOT_FOUND for an answer",
    file: "evidence.ts",
    from: 'error?.reason === "CHAT_NOT_FOUND"',
    to: 'error?.reason === "ELSE"',
  },
  {
    what: "lets a chat be created for people who had one",
    file: "decide-legacy.ts",
    from: "if (seen.creators.length === 0) return [];",
    to: "if (seen.creators.length < 2) return [];",
  },
  {
    what: "lets a survivor be retired before what was merged into it",
    file: "retirement-order.ts",
    from: "notBefore(survivors, window.opened, window.from)",
    to: "survivors",
  },
  {
    what: "forgets what an answer says about an earlier merge",
    file: "retirement-order.ts",
    from: "notAfter(before, firstEnded)",
    to: "before",
  },
  {
    what: "takes every merge with unknown outcome for one that happened",
    file: "retirements.ts",
    from: "certain: acknowledged ||",
    to: "certain: true ||",
  },
  {
    what: "does not mind a second live chat",
    file: "audit.ts",
    from: "Number(initial.length > 0) < 2) return [];",
    to: "Number(initial.length > 0) < 3) return [];",
  },
  {
    what: "does not mind a merged chat that is live again",
    file: "audit.ts",
    from: "if (!retiredIds.happened.has(id) && !redirects.has(id)) return [];",
    to: "return [];",
  },
  {
    what: "does not mind where a merged chat leads",
    file: "audit.ts",
    from: "if (to === last || !complete) return [];",
    to: "return [];",
  },
];

test.each(mutations)("a checker that $what is found out", async (mutation) => {
  await using mutated = await mutatedChecker(mutation);
  const { disagreements } = mutated.crossCheck({ seed: 1, histories: 100_000, enough: 1 });
  expect(disagreements).toHaveLength(1);
});
