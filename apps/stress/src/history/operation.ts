import { z } from "zod";

/** Who answers a call: the subject (`ours`), one of the three controls that run beside it, or the build it is compared with. */
export type Variant = z.infer<typeof Variant>;
export const Variant = z.enum(["ours", "naive", "mongoose", "raw", "base"]);

/** How a call travels: inside the process, or over HTTP, alone in its request or sharing one. */
export type Path = z.infer<typeof Path>;
export const Path = z.enum(["domain", "http", "http-batch"]);

/**
 * `ensure` is create-or-get; `find` reads by people and may see nothing; `resolve` reads by an id, which a merge may
 * have retired; `merge` retires ids; `remove` deletes a chat while nobody else asks for it.
 */
export type OperationKind = z.infer<typeof OperationKind>;
export const OperationKind = z.enum(["ensure", "find", "resolve", "merge", "remove"]);

/** `fail` only when the call provably did nothing; whatever may have happened unseen is `unknown`. */
export type Outcome = z.infer<typeof Outcome>;
export const Outcome = z.enum(["ok", "fail", "unknown"]);

/** Nanoseconds since the run's epoch, on the machine's one monotonic clock. */
const Instant = z.number();

/** One call as its caller saw it: stamped before it was sent and after its answer was understood. */
export type Operation = z.infer<typeof Operation>;
export const Operation = z
  .object({
    type: z.literal("op"),
    /** Unique in the run. */
    op: z.number().int(),
    key: z.string(),
    kind: OperationKind,
    process: z.string(),
    /** When an open loop meant to send it; `null` in a closed loop. */
    intended: Instant.nullable(),
    start: Instant,
    end: Instant,
    outcome: Outcome,
    /** What the answer named; for `find`, `null` is "there is none". */
    id: z.string().nullable(),
    /** `ensure` only, and `null` where the subject does not tell. */
    created: z.boolean().nullable(),
    /** `resolve`, `remove`: the id asked for. `merge`: the id retired in favour of `id`, which may be unknown. */
    asked: z.string().nullable(),
    /** A class of errors such as `UNAVAILABLE`, `E11000` or `ECONNRESET`, with its text for people. */
    error: z.object({ reason: z.string(), message: z.string() }).nullable(),
    /** Said where a client asked again on its own: the answer is the last one's, an earlier lost one may have created. */
    retried: z.boolean().optional(),
  })
  .superRefine((operation, check) => {
    const message = defectOf(operation);
    if (message !== null) check.addIssue({ code: "custom", message });
  });

type Told = Omit<Operation, "type">;

/** What an operation contradicts itself in; `null` if it makes sense. */
function defectOf(operation: Told): string | null {
  const { op, kind, outcome, asked, error } = operation;
  const asksForId = kind !== "ensure" && kind !== "find";
  if (outcome === "ok" && error !== null) return `operation ${op} is "ok" and has an error`;
  if (asksForId !== (asked !== null))
    return `operation ${op}, "${kind}", ${asked === null ? "does not say" : "says"} which id was asked for`;
  return kind === "merge" ? mergeDefect(operation) : answerDefect(operation);
}

function mergeDefect({ op, outcome, id, asked }: Told): string | null {
  if (id === null) return outcome === "ok" ? `operation ${op}, "merge", does not say into which id` : null;
  return id === asked ? `operation ${op} merges ${id} into itself` : null;
}

function answerDefect({ op, kind, outcome, id, created }: Told): string | null {
  const isSilent = id === null && created === null;
  if (outcome !== "ok") return isSilent ? null : `operation ${op} is "${outcome}" and has an answer`;
  if (kind === "ensure" && id === null) return `operation ${op}, "ensure", is "ok" without saying which chat`;
  return kind !== "ensure" && created !== null ? `operation ${op}, "${kind}", says that it created` : null;
}
