import type { Document } from "bson";
import { z } from "zod";

const predicate = <Subject>() =>
  z.custom<(subject: Subject) => boolean>((value) => typeof value === "function", "a function");
const Names = z.array(z.string().min(1)).min(1).readonly();

/** Before the request is passed on; as soon as it was; or once its answer is there. */
export type Moment = z.infer<typeof Moment>;
export const Moment = z.enum(["before", "sent", "after"]);

/** How often a rule strikes among the requests that it fits. */
const frequency = {
  when: Moment.optional(),
  /** Once unless given. */
  times: z.union([z.int().positive(), z.literal("always")]).default(1),
  /** 2: the first and then every second of those that it fits; 1 unless given. */
  every: z.int().positive().default(1),
};

/** What a server says of an error. */
export type ServerError = z.infer<typeof ServerError>;
export const ServerError = z
  .strictObject({
    code: z.int(),
    codeName: z.string().optional(),
    message: z.string().default("answered by a rule of the proxy"),
    /** Such as `RetryableWriteError`: the driver goes by them. */
    labels: z.array(z.string()).readonly().optional(),
    /** Further fields, such as the `keyPattern` of a duplicate key. */
    fields: z.record(z.string(), z.unknown()).optional(),
  })
  .readonly();

/** The refusal of one statement of an insert, update or delete. */
export type StatementError = z.infer<typeof StatementError>;
export const StatementError = z
  .strictObject({
    index: z.int().nonnegative(),
    ...ServerError.unwrap().omit({ labels: true }).shape,
  })
  .readonly();

const Delay = z.strictObject({ delayMs: z.int().positive() }).readonly();
const FaultyAnswer = z.union([
  z.strictObject({ error: ServerError }).readonly(),
  z.strictObject({ writeErrors: z.array(StatementError).min(1).readonly() }).readonly(),
  z.strictObject({ writeConcernError: ServerError }).readonly(),
]);

/** What the proxy answers instead of the server, or makes of the server's answer. */
export type FaultyAnswer = z.infer<typeof FaultyAnswer>;

/** When each of these can be; the first is meant where nothing is said. */
const moments: Readonly<Record<string, readonly [Moment, ...Moment[]]>> = {
  reset: ["before", "sent", "after"],
  cut: ["after"],
  hold: ["before", "after"],
  delayMs: ["before", "after"],
  error: ["before", "after"],
  writeErrors: ["before"],
  writeConcernError: ["after"],
};

interface Timed {
  readonly when?: Moment | undefined;
  readonly fault: string | object;
}

function atItsMoment<Rule extends Timed>(
  rule: Rule,
  check: z.core.$RefinementCtx,
): Rule & { readonly when: Moment } {
  const kind = typeof rule.fault === "string" ? rule.fault : (Object.keys(rule.fault)[0] ?? "");
  const possible = moments[kind] ?? ["before"];
  const when = rule.when ?? possible[0];
  if (!possible.includes(when))
    check.addIssue({
      code: "custom",
      path: ["when"],
      message: `"${kind}" can be ${possible.join(" or ")}, not ${when}`,
    });
  return { ...rule, when };
}

/** Which commands are meant; without a name all but those that the driver sends of itself. */
export type CommandSelection = z.input<typeof CommandSelection>;
export const CommandSelection = z
  .strictObject({
    commands: Names.optional(),
    collections: Names.optional(),
    /** Looks at the whole command. */
    matches: predicate<Document>().optional(),
  })
  .readonly();

/** What happens to which commands. */
export type WireRule = z.input<typeof WireRule>;
export const WireRule = z
  .strictObject({
    ...CommandSelection.unwrap().shape,
    ...frequency,
    fault: z.union([z.enum(["reset", "cut", "hold"]), Delay, ...FaultyAnswer.options]),
  })
  .transform(atItsMoment)
  .readonly();

/** What happens to which pieces of a byte stream. */
export type ByteRule = z.input<typeof ByteRule>;
export const ByteRule = z
  .strictObject({
    /** Looks at a piece of what the client sends, as it arrives. */
    requests: predicate<Buffer>(),
    ...frequency,
    fault: z.union([z.enum(["reset", "hold"]), Delay]),
  })
  .transform(atItsMoment)
  .readonly();
