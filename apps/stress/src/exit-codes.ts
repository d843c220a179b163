/** How a run can end. An anomaly is never masked by anything else; the order here is the order of precedence. */
export const exits = {
  anomaly: { code: 1, meaning: "an anomaly was found: there was not exactly one chat" },
  bug: { code: 107, meaning: "the harness itself failed" },
  interrupted: { code: 105, meaning: "interrupted; what was seen until then is in the report" },
  unknown: {
    code: 2,
    meaning:
      "nothing was proven: no contention, a fault that hit nothing, a machine too slow, or nobody to ask",
  },
  threshold: { code: 99, meaning: "a threshold was missed" },
  config: { code: 104, meaning: "a flag or a file is wrong; nothing was run" },
  pass: { code: 0, meaning: "exactly one chat for every set of people" },
} as const;

export type ExitName = keyof typeof exits;
