import { migrationPhases, rollbackTargets } from "@onechat/chat-domain/migrate";
import { z } from "zod";
import { parseDuration } from "./durations.ts";

const longest = 2 ** 31 - 1;

const WholeNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, "a whole number, at least 1")
  .transform(Number);

const Duration = z.string().transform((text, check) => {
  const ms = parseDuration(text);
  if (ms !== null && ms <= longest) return ms;
  check.addIssue({ code: "custom", message: "a duration such as 500ms, 5s, 15m or 2h" });
  return z.NEVER;
});

const PositiveDuration = Duration.refine((ms) => ms >= 1, "longer than 0");

const Flag = z.boolean().default(false);

const progressModes = ["auto", "tty", "plain", "none"] as const;

/** What flags and variables mean. Batch bounds bend to those that are given; only given ones can contradict. */
export const Settings = z.object({
  uri: z
    .string(
      "missing: set it, or pass --uri-file FILE; never on the command line, where every user of the machine sees it",
    )
    .regex(/^mongodb(\+srv)?:\/\/[^/]/, "starts with mongodb:// or mongodb+srv://"),
  database: z.string().optional(),
  json: Flag,
  progress: z.enum(progressModes, `one of ${progressModes.join(", ")}`).default("auto"),
  execute: Flag,
  createReferenceIndexes: Flag,
  retryParked: Flag,
  confirmDrained: Flag,
  onLocked: z.enum(["fail", "wait"], "fail or wait").default("fail"),
  maxRuntime: PositiveDuration.nullable().default(null),
  grace: Duration.default(5_000),
  batch: WholeNumber.optional(),
  minBatch: WholeNumber.optional(),
  maxBatch: WholeNumber.optional(),
  maxLag: PositiveDuration.default(5_000),
  exitCode: Flag,
  allowDeleted: Flag,
  force: Flag,
  /** `null`: the command decides. */
  limit: WholeNumber.nullable().default(null),
  reason: z.string().trim().min(1, "some text").default("no reason given"),
  to: z.enum(migrationPhases, `one of ${migrationPhases.join(", ")}`).default("settle"),
  /** What `rollback` goes back to: its `--to`. */
  target: z.enum(rollbackTargets, `say how far: ${rollbackTargets.join(", ")}`).default("merge"),
  /** The one duplicate that `rollback` brings back, instead of all that came after a phase. */
  chat: z.string().trim().min(1, "the id of a duplicate").nullable().default(null),
});
/** Everything a command was told, decided once. */
export type Settings = Readonly<Omit<z.output<typeof Settings>, "database">> & { readonly database: string };
