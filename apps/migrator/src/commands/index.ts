import type { Answer } from "../answer.ts";
import type { ExitName } from "../exit-codes.ts";
import type { OptionName } from "../options.ts";
import type { Session } from "../session.ts";
import { abort, pause, resume } from "./control.ts";
import { explain } from "./explain.ts";
import { history } from "./history.ts";
import { parked } from "./parked.ts";
import { plan } from "./plan.ts";
import { purge } from "./purge.ts";
import { rollback } from "./rollback.ts";
import { status } from "./status.ts";
import { unlock } from "./unlock.ts";
import { up } from "./up.ts";
import { verify } from "./verify.ts";

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** More than the summary, where that is not enough. */
  readonly text?: string;
  readonly argument?: { readonly name: string; readonly text: string };
  /** What `--to` may be, for its help. */
  readonly to?: string;
  /** Options of its own, besides those of every command. */
  readonly options: readonly OptionName[];
  readonly example: string;
  /** How it may end, besides as any command may. */
  readonly exits: readonly ExitName[];
  /** It writes chats with `--execute`: its JSON comes in lines, and a signal makes it end at a checkpoint. */
  readonly runs: boolean;
  readonly run: (session: Session) => Promise<Answer>;
}

const runFlags = [
  "onLocked",
  "maxRuntime",
  "grace",
  "batch",
  "minBatch",
  "maxBatch",
  "maxLag",
  "progress",
] as const;
const runExits = ["parked", "stopped", "locked", "interrupted", "terminated"] as const;
const phases = "the last phase: index, backfill, merge, settle, seal or purge (settle)";

export const commands: readonly Command[] = [
  {
    name: "plan",
    summary: "what up would find and do; reads only",
    to: phases,
    options: ["to", "createReferenceIndexes", "exitCode", "progress"],
    example: "migrator plan --config migrator.json",
    exits: ["pending", "parked", "interrupted", "terminated"],
    runs: false,
    run: plan,
  },
  {
    name: "up",
    summary: "give every chat its key and merge duplicates",
    text: "Safe while the application is writing, to stop at any moment and to run again; several runners take turns.",
    to: phases,
    options: ["execute", "to", "createReferenceIndexes", "retryParked", "confirmDrained", ...runFlags],
    example: "migrator up --config migrator.json --execute",
    exits: runExits,
    runs: true,
    run: up,
  },
  {
    name: "status",
    summary: "where the migration stands",
    to: `for "pending", ${phases}`,
    options: ["to", "exitCode"],
    example: "migrator status --config migrator.json --exit-code",
    exits: ["pending"],
    runs: false,
    run: status,
  },
  {
    name: "verify",
    summary: "look at everything that has to be true afterwards; reads only",
    options: ["allowDeleted", "limit", "progress"],
    example: "migrator verify --config migrator.json",
    exits: ["unverified", "parked", "interrupted", "terminated"],
    runs: false,
    run: verify,
  },
  {
    name: "explain",
    summary: "the whole story of one chat",
    argument: { name: "chatId", text: "the chat's id as text" },
    options: [],
    example: "migrator explain 65f0c0ffee0123456789abcd --config migrator.json",
    exits: [],
    runs: false,
    run: explain,
  },
  {
    name: "rollback",
    summary: "undo what came after a phase, or bring one duplicate back",
    to: "required without --chat: the phase whose result stays: merge, backfill, index, or none",
    options: ["execute", "to", "chat", ...runFlags],
    example: "migrator rollback --config migrator.json --to none --execute",
    exits: runExits,
    runs: true,
    run: rollback,
  },
  {
    name: "purge",
    summary: "delete settled duplicates for good",
    text: "Only once no old version of the application is running any more. Redirects, aliases and copies stay.",
    options: ["execute", "confirmDrained", ...runFlags],
    example: "migrator purge --config migrator.json --confirm-drained --execute",
    exits: runExits,
    runs: true,
    run: purge,
  },
  {
    name: "pause",
    summary: "stop runners, on whatever host, at their next checkpoint",
    options: ["reason"],
    example: 'migrator pause --config migrator.json --reason "load is high"',
    exits: [],
    runs: false,
    run: pause,
  },
  {
    name: "resume",
    summary: "undo pause or abort: runners may work again",
    options: [],
    example: "migrator resume --config migrator.json",
    exits: [],
    runs: false,
    run: resume,
  },
  {
    name: "abort",
    summary: "stop runners at their next checkpoint, and mark the run failed",
    options: ["reason"],
    example: 'migrator abort --config migrator.json --reason "wrong database"',
    exits: [],
    runs: false,
    run: abort,
  },
  {
    name: "unlock",
    summary: "take the lock from a runner that is gone",
    options: ["force"],
    example: "migrator unlock --config migrator.json",
    exits: ["locked"],
    runs: false,
    run: unlock,
  },
  {
    name: "history",
    summary: "the runs so far, newest first",
    options: ["limit"],
    example: "migrator history --config migrator.json --limit 5",
    exits: [],
    runs: false,
    run: history,
  },
  {
    name: "parked",
    summary: "chats that need repair by hand, and why",
    options: ["limit"],
    example: "migrator parked --config migrator.json --json",
    exits: [],
    runs: false,
    run: parked,
  },
];
