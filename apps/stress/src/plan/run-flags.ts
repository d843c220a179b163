import { z } from "zod";
import { FaultName, Workload } from "../history/history-line.ts";
import { Path, Variant } from "../history/operation.ts";
import { ProfileName } from "./profiles.ts";

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

export function wholeNumber(least: number, most: number): z.ZodType<number, string> {
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

/** What the flags of `run` say; what is absent, the profile decides. */
export const RunFlags = z.object({
  profile: z.enum(ProfileName.options, `one of ${ProfileName.options.join(", ")}`),
  seed: wholeNumber(0, 4_294_967_295).optional(),
  workload: names(Workload.options).optional(),
  path: names(Path.options).optional(),
  variant: names(Variant.options.filter((variant) => variant !== "base")).optional(),
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
  store: z.string().min(1).optional(),
  target: z.array(Url).optional(),
  tokenCommand: z.string().min(1).optional(),
  against: z.string().min(1).optional(),
  tolerance: Tolerance.default(0.05),
  people: z.string().min(1).optional(),
  faultCommand: FaultCommand.optional(),
  out: z.string().min(1).optional(),
  uri: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/[^/]/, "starts with mongodb:// or mongodb+srv://")
    .optional(),
  port: wholeNumber(1, 65_000).optional(),
  keepDb: z.boolean().default(false),
});
export type RunFlags = Readonly<z.output<typeof RunFlags>>;
