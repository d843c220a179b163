import { z } from "zod";
import { FaultName, Workload } from "./history/history-line.ts";
import { Path, Variant } from "./history/operation.ts";
import { ProfileName } from "./profiles/profile.ts";
import { usualHistories } from "./commands/selftest.ts";

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function wholeNumber(least: number, most: number): z.ZodType<number> {
  const text = `a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,10}$/, text)
    .transform(Number)
    .refine((value) => value >= least && value <= most, text);
}

const Duration = z.string().transform((text, check) => {
  const [, amount, unit] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text) ?? [];
  const factor = milliseconds[unit ?? ""];
  if (factor !== undefined && Number(amount) > 0) return Math.ceil(Number(amount) * factor);
  check.addIssue({ code: "custom", message: "a duration such as 500ms, 5s or 2m" });
  return z.NEVER;
});

const Rate = z
  .string()
  .regex(/^\d{1,5}(\/s)?$/, "a number of calls per second, such as 200/s; 0 for none")
  .transform((text) => Number(text.replace("/s", "")));

/** Names, separated by commas, in one flag or several; each only once. */
function names<const T extends string>(name: z.ZodEnum<{ [K in T]: K }>): z.ZodType<readonly T[], string[]> {
  return z
    .array(z.string())
    .transform((texts) => [...new Set(texts.flatMap((text) => text.split(",")))])
    .pipe(z.array(z.enum(name.options, `one of ${name.options.join(", ")}`)));
}

const Faults = z
  .array(z.string())
  .transform((texts) => (texts.join() === "none" ? [] : texts))
  .pipe(names(FaultName));

/** What the flags of `run` say; what is absent, the profile decides. */
export const RunFlags = z.object({
  profile: z.enum(ProfileName.options, `one of ${ProfileName.options.join(", ")}`),
  seed: wholeNumber(0, 4_294_967_295).optional(),
  workload: names(Workload).optional(),
  path: names(Path).optional(),
  variant: names(Variant).optional(),
  fault: Faults.optional(),
  callers: wholeNumber(2, 2_000).optional(),
  keys: wholeNumber(1, 10_000).optional(),
  procs: wholeNumber(1, 32).optional(),
  repeats: wholeNumber(1, 1_000).optional(),
  rounds: wholeNumber(0, 1_000).optional(),
  rate: Rate.optional(),
  duration: Duration.optional(),
  timeout: Duration.optional(),
  threshold: z.array(z.string()).default([]),
  thresholds: z.string().optional(),
  out: z.string().min(1).optional(),
  uri: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/[^/]/, "starts with mongodb:// or mongodb+srv://")
    .optional(),
  port: wholeNumber(1, 65_000).optional(),
  keepDb: z.boolean().default(false),
});
/** What the flags of `selftest` say. */
export const SelfTestFlags = z.object({
  seed: wholeNumber(0, 4_294_967_295).optional(),
  histories: wholeNumber(1, 10_000_000).default(usualHistories),
});
export type RunFlags = Readonly<z.output<typeof RunFlags>>;
