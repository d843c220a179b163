import { z } from "zod";
import { Operation, Path, Variant } from "./operation.ts";

/** Shapes of calls; each brings out another race. */
export type Workload = z.infer<typeof Workload>;
export const Workload = z.enum([
  "hot",
  "burst",
  "pairs",
  "zipf",
  "fresh",
  "existing",
  "groups",
  "odd-ids",
  "flood",
  "scopes",
  "removed",
  "merge-race",
]);

export type FaultName = z.infer<typeof FaultName>;
export const FaultName = z.enum([
  "api-kill",
  "api-pause",
  "db-kill",
  "db-pause",
  "reply-lost",
  "connection-reset",
  "pool-starved",
  "index-missing",
  "step-down",
  "command",
]);

/** Whose calls, on which way and of which shape. */
export const place = { variant: Variant, path: Path, workload: Workload };

export type HistoryHeader = z.infer<typeof HistoryHeader>;
export const HistoryHeader = z.object({
  type: z.literal("history"),
  version: z.literal(1),
  run: z.string(),
  seed: z.number(),
  profile: z.string(),
  /** Wall-clock time of instant 0. */
  startedAt: z.string(),
  /** What is under test: onechat if nothing is said, or the module or the addresses of somebody's own. */
  subject: z.string().optional(),
});

/** A write-once register: one set of people, in one scope, asked for through one variant and path. */
export type Register = z.infer<typeof Register>;
export const Register = z.object({
  type: z.literal("register"),
  key: z.string(),
  ...place,
  /** Canonical ids, sorted; with `scope` what makes two registers of one variant different. */
  participants: z.array(z.string()),
  scope: z.string(),
  /** Ids of the chats that these people had before the run: a legacy chat and its duplicates. */
  initial: z.array(z.string()),
  expected: z.string().optional(),
  /** Of people whose chat is removed on purpose once all of these calls are answered: their next one has its own register. */
  removedAtEnd: z.literal(true).optional(),
  /** Ids of chats of these people that were removed before: nobody may be answered with one again. */
  removed: z.array(z.string()).optional(),
});

export type FaultEvent = z.infer<typeof FaultEvent>;
export const FaultEvent = z.object({
  type: z.literal("fault"),
  fault: FaultName,
  event: z.enum(["inject", "heal"]),
  at: z.number(),
  /** On which hop or process, for people. */
  target: z.string(),
  /** On `heal`, where the injector can count: the replies it swallowed or the connections it cut. */
  struck: z.number().int().optional(),
});

/** Calls that cost next to nothing, by which the harness finds out how slow the machine is. */
export type ControlCall = z.infer<typeof ControlCall>;
export const ControlCall = z.enum([
  /** A journaled write, sent to the database by the harness itself. */
  "database",
  /** A ping of the database on the way on which a fault stands between it and the callers. */
  "hop",
  /** Whether the processes of the API live, asked on the way of the callers. */
  "api",
]);

/** How slow the machine was for a while: part of the history, like the calls that it may explain. */
export type MachineReading = z.infer<typeof MachineReading>;
export const MachineReading = z.object({
  type: z.literal("machine"),
  from: z.number(),
  until: z.number(),
  /** By how many milliseconds a timer of the harness was late at most. */
  timersLateMs: z.number(),
  /** In milliseconds; `null`: there was no answer until the reading ended. */
  tookMs: z.partialRecord(ControlCall, z.number().nullable()),
});

/** How a calling process fared while its calls were under way. */
export type ProcessHealth = z.infer<typeof ProcessHealth>;
export const ProcessHealth = z.object({ eventLoopUtilization: z.number(), eventLoopDelayP99Ms: z.number() });

/** Calls that were released together on one target, with nothing else going on: what speed is told from. */
export type Block = z.infer<typeof Block>;
export const Block = z.object({
  type: z.literal("block"),
  /** `storm`: for correctness; `round`: one of many, to be compared with others'; `open-loop`: at a constant rate. */
  part: z.enum(["storm", "round", "open-loop"]),
  ...place,
  round: z.number().int(),
  /** Which of the waves of a storm, counted from 0. */
  wave: z.number().int(),
  /** The second one of a target that is compared with itself. */
  twin: z.boolean(),
  /** From the release to the last answer. */
  from: z.number(),
  until: z.number(),
  health: z.array(ProcessHealth),
});

/** What the database itself held for a register at the end, read when no caller was left. */
export type AuditedKey = z.infer<typeof AuditedKey>;
export const AuditedKey = z.object({
  type: z.literal("audit"),
  key: z.string(),
  /** Ids of live chats that hold these people in this scope, with the people and scope that are stored. */
  live: z.array(z.object({ id: z.string(), participants: z.array(z.string()), scope: z.string() })),
  /** Retired ids, each with the live id that it leads to in the end, or `null` where it leads nowhere. */
  redirects: z.array(z.object({ id: z.string(), to: z.string().nullable() })),
});

/** The last line. A history without it was cut short, and a cut history proves nothing. */
export type HistoryFooter = z.infer<typeof HistoryFooter>;
export const HistoryFooter = z.object({
  type: z.literal("end"),
  operations: z.number().int(),
  registers: z.number().int(),
  /** Whether the database could be read at the end. */
  audited: z.boolean(),
  /**
   * How the end of the subject's chats is known: by reading its database, which is so if nothing is said, by last
   * questions of a process that has begun after all others, or not at all.
   */
  audit: z.enum(["database", "reads", "none"]).optional(),
});

export type HistoryLine = z.infer<typeof HistoryLine>;
export const HistoryLine = z.discriminatedUnion("type", [
  HistoryHeader,
  Register,
  Operation,
  FaultEvent,
  MachineReading,
  Block,
  AuditedKey,
  HistoryFooter,
]);
