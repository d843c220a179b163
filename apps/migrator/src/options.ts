/** Every flag, by the name under which its value arrives. */
export const options = {
  config: { flags: "--config <file>", text: "JSON: {database, chats, references, fold}; or MIGRATOR_CONFIG" },
  uriFile: {
    flags: "--uri-file <file>",
    text: "a file that holds the connection string, instead of MONGODB_URI; or MIGRATOR_URI_FILE",
  },
  database: {
    flags: "--database <name>",
    text: "the database (that of the connection string, or onechat); or MONGODB_DB",
  },
  json: { flags: "--json", text: "the result as JSON" },
  progress: {
    flags: "--progress <how>",
    text: "auto, tty, plain or none, on stderr (auto); or MIGRATOR_PROGRESS",
  },
  execute: { flags: "--execute", text: "do it; without this, only say what would be done" },
  to: { flags: "--to <phase>", text: "" },
  chat: { flags: "--chat <id>", text: "only this merged duplicate: a chat of its own again, released" },
  createReferenceIndexes: {
    flags: "--create-reference-indexes",
    text: "build the indexes that references lack, instead of refusing to begin",
  },
  retryParked: { flags: "--retry-parked", text: "try parked merges once more" },
  confirmDrained: {
    flags: "--confirm-drained",
    text: "for purge: no old version of the application is running any more",
  },
  onLocked: {
    flags: "--on-locked <what>",
    text: "fail or wait, while another runner is at work (fail); or MIGRATOR_ON_LOCKED",
  },
  maxRuntime: {
    flags: "--max-runtime <duration>",
    text: "stop at a checkpoint after so long (no limit); or MIGRATOR_MAX_RUNTIME",
  },
  grace: {
    flags: "--grace <duration>",
    text: "how long settle waits before each sweep (5s); or MIGRATOR_GRACE",
  },
  batch: { flags: "--batch <n>", text: "documents in the first batch (500); or MIGRATOR_BATCH" },
  minBatch: { flags: "--min-batch <n>", text: "and at least (20); or MIGRATOR_MIN_BATCH" },
  maxBatch: { flags: "--max-batch <n>", text: "and at most (5000); or MIGRATOR_MAX_BATCH" },
  maxLag: {
    flags: "--max-lag <duration>",
    text: "pause while replicas are further behind (5s); or MIGRATOR_MAX_LAG",
  },
  exitCode: { flags: "--exit-code", text: "exit with 4 when work is pending" },
  allowDeleted: {
    flags: "--allow-deleted",
    text: "documents that followed a duplicate may have been deleted since",
  },
  force: { flags: "--force", text: "even if the runner's heartbeat is fresh: you know that it is gone" },
  limit: { flags: "--limit <n>", text: "show at most so many" },
  reason: { flags: "--reason <text>", text: "why, shown to those who find it stopped" },
} as const satisfies Readonly<Record<string, { readonly flags: string; readonly text: string }>>;

export type OptionName = keyof typeof options;

/** What the command line held: text for options with a value, `true` for others. */
export type Flags = Readonly<Partial<Record<OptionName, string | boolean>>>;

/** Variables that stand in for a flag. */
export const variables: Readonly<Partial<Record<OptionName, string>>> = {
  config: "MIGRATOR_CONFIG",
  uriFile: "MIGRATOR_URI_FILE",
  database: "MONGODB_DB",
  progress: "MIGRATOR_PROGRESS",
  onLocked: "MIGRATOR_ON_LOCKED",
  maxRuntime: "MIGRATOR_MAX_RUNTIME",
  grace: "MIGRATOR_GRACE",
  batch: "MIGRATOR_BATCH",
  minBatch: "MIGRATOR_MIN_BATCH",
  maxBatch: "MIGRATOR_MAX_BATCH",
  maxLag: "MIGRATOR_MAX_LAG",
};

export function flagOf(name: OptionName): string {
  const { flags } = options[name];
  return flags.split(" ")[0] ?? flags;
}
