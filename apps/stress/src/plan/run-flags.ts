import { z } from "zod";
import { FaultName, Workload } from "../history/history-line.ts";
import { Path } from "../history/operation.ts";
import { UsageError } from "../usage-error.ts";
import { ProfileName, usualVariants } from "./profiles.ts";
import { flagOf } from "./reproduce-command.ts";

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

export function wholeNumber(least: number, most: number): z.ZodType<number, string> {
  const text = `a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,10}$/, text)
    .transform(Number)
    .refine((value) => value >= least && value <= most, text);
}

const aDuration = "a duration such as 500ms, 5s or 2m";
const Duration = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,3})?(ms|s|m|h)$/, aDuration)
  .transform((text) => Math.ceil(Number.parseFloat(text) * (milliseconds[text.replace(/^[\d.]+/, "")] ?? 0)))
  .refine((ms) => ms > 0, aDuration);

const Rate = z
  .string()
  .regex(/^\d{1,5}(\/s)?$/, "a number of calls per second, such as 200/s; 0 for none")
  .transform((text) => Number(text.replace("/s", "")));

const Tolerance = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,2})?%$/, "a share such as 5%")
  .transform((text) => Number(text.slice(0, -1)) / 100);

/** Names, separated by commas, in one flag or several; each only once. */
function names<const T extends string>(options: readonly T[]): z.ZodType<readonly T[], string[]> {
  return z
    .array(z.string())
    .transform((texts) => [...new Set(texts.flatMap((text) => text.split(",")))])
    .pipe(z.array(z.enum(options, `one of ${options.join(", ")}`)));
}

const Faults = z
  .array(z.string())
  .transform((texts) => (texts.join() === "none" ? [] : texts))
  .pipe(names(FaultName.options));

const FaultCommand = z.string().transform((text, check) => {
  const [, inject, heal] = /^inject=(.+?)\s+heal=(.+)$/s.exec(text) ?? [];
  if (inject !== undefined && heal !== undefined) return { inject, heal };
  check.addIssue({ code: "custom", message: "two commands, such as 'inject=./stop.sh heal=./start.sh'" });
  return z.NEVER;
});

const Url = z.url({ protocol: /^https?$/, error: "an address such as http://127.0.0.1:3000" });

/** A flag that may be left out, and how the help tells of it. */
function flag<T extends z.ZodType>(schema: T, value: string, text: string): z.ZodExactOptional<T> {
  return schema.exactOptional().meta({ value, text });
}

/** One that may be repeated. */
function list<T extends z.ZodType>(schema: T, value: string, text: string): z.ZodExactOptional<T> {
  return schema.exactOptional().meta({ value, text, isList: true });
}

/** What was given on a command line: text for flags with a value, lists for those that may be repeated, else a boolean. */
export type Given = Readonly<Record<string, unknown>>;

/** @throws UsageError with every flag that is wrong */
export function parsed<T>(schema: z.ZodType<T>, given: Given): T {
  const outcome = schema.safeParse(given);
  if (outcome.success) return outcome.data;
  throw new UsageError(
    outcome.error.issues.map(({ path: [name], message }) =>
      name === "profile" ? `the profile: ${message}` : `${flagOf(String(name))}: ${message}`,
    ),
  );
}

/** What somebody claims of a run. */
export const Claims = z.object({
  threshold: list(
    z.array(z.string()),
    "<expression>",
    "such as 'latency{path:http,variant:ours}: p(99)<80'; may be repeated",
  ),
  thresholds: flag(z.string(), "<file>", "JSON with such expressions"),
});

const text = z.string().min(1);
const MongoUri = z.string().regex(/^mongodb(\+srv)?:\/\/[^/]/, "starts with mongodb:// or mongodb+srv://");

/** What the flags of `run` say; what is absent, the profile decides. */
export type RunFlags = Readonly<z.output<typeof RunFlags>>;
export const RunFlags = z.object({
  profile: z.enum(ProfileName.options, `one of ${ProfileName.options.join(", ")}`),
  workload: list(names(Workload.options), "<names>", Workload.options.join(", ")),
  path: list(names(Path.options), "<names>", Path.options.join(", ")),
  variant: list(names(usualVariants), "<names>", usualVariants.join(", ")),
  fault: list(Faults, "<names>", `${FaultName.options.join(", ")}; or none`),
  store: flag(text, "<module>", "the subject: a module whose default export opens a store (docs/stress.md)"),
  target: list(z.array(Url), "<url>", "the subject: onechat's API that runs there; may be repeated"),
  tokenCommand: flag(text, "<command>", "prints the bearer token of {person}, for --target"),
  people: flag(text, "<file>", "accounts that exist, one a line, instead of ids that the run makes up"),
  against: flag(
    text,
    "<build>",
    "another build to compare with in the same rounds: a folder, a module or a URL",
  ),
  tolerance: flag(Tolerance, "<share>", "by how much the subject may be slower than --against (5%)"),
  faultCommand: flag(FaultCommand, "<commands>", "a fault of your own: 'inject=… heal=…'"),
  seed: flag(wholeNumber(0, 4_294_967_295), "<n>", "plans the same run again (random)"),
  callers: flag(wholeNumber(2, 2_000), "<n>", "calls released at the same instant"),
  keys: flag(wholeNumber(1, 10_000), "<n>", "sets of people per workload and round"),
  procs: flag(wholeNumber(1, 32), "<n>", "processes that call"),
  repeats: flag(wholeNumber(1, 1_000), "<n>", "how often each workload and each fault comes"),
  rounds: flag(wholeNumber(0, 1_000), "<n>", "rounds of the speed comparison; 0 for none"),
  rate: flag(Rate, "<n/s>", "calls per second of the open loop; 0 for none"),
  duration: flag(Duration, "<time>", "of the open loop and around each fault, such as 500ms, 5s or 2m"),
  timeout: flag(Duration, "<time>", "of one call"),
  ...Claims.shape,
  out: flag(text, "<dir>", "where the results go (stress-results/<utc>-<seed>)"),
  uri: flag(MongoUri, "<uri>", "an existing MongoDB instead of one of our own"),
  port: flag(wholeNumber(1, 65_000), "<n>", "first port of the API processes (any free ones)"),
  keepDb: flag(z.boolean(), "", "leave the databases of the run behind"),
});
