import type { Change } from "./mutant.ts";

/** A mistake that somebody could make in chat-domain, and what the harness, unchanged, has to say of it. */
export interface Mutation {
  /** By which it can be asked for. */
  readonly name: string;
  readonly mistake: string;
  readonly changes: readonly Change[];
  /** What is run, beside what all are run with. */
  readonly load: readonly string[];
  readonly code: number;
  /** What is said: the names of anomalies, or where there is none, something on stderr. */
  readonly says: RegExp;
  /** On a database of its own that is killed meanwhile, and not on that of the tests. */
  readonly isCrashed?: true;
}

/** Calls from several processes for the same new chats. */
export const meeting = ["--workload", "pairs", "--callers", "128", "--keys", "64"];

/** Every process has looked before the first one writes, however late one is: that they race is no luck. */
export const slowToWrite: Change = {
  file: "chat-batches.js",
  text: "const written = await writeChats(ctx, requests)",
  becomes:
    "await new Promise((resolve) => setTimeout(resolve, 400));" +
    "const written = await writeChats(ctx, requests)",
};

/** After the database has once not answered it, a process never answers anybody. */
export const hanging: readonly Change[] = [
  {
    file: "deadline.js",
    text: "const cancellation = new Cancellation();",
    becomes: "if (ctx.hangs) return; const cancellation = new Cancellation();",
  },
  { file: "deadline.js", text: "reject(reason);", becomes: "ctx.hangs = true; reject(reason);" },
];

const hot = ["--workload", "hot", "--callers", "32", "--keys", "4"];

export const mutations: readonly Mutation[] = [
  {
    name: "no-judge",
    mistake: "find-then-insert under an index that does not judge",
    changes: [
      slowToWrite,
      { file: "key-index.js", text: "unique: true, sparse: true", becomes: "sparse: true" },
      { file: "key-index.js", text: "if (index.unique !== true)", becomes: "if (false)" },
    ],
    load: meeting,
    code: 1,
    says: /\bDUPLICATE\b/,
  },
  {
    name: "duplicate-passed-on",
    mistake: "a duplicate-key error is passed on to the caller",
    changes: [slowToWrite, { file: "mongo-errors.js", text: "if (isRefusal(error))", becomes: "if (false)" }],
    load: meeting,
    code: 1,
    says: /\bLEAKED_E11000\b/,
  },
  {
    name: "duplicate-swallowed",
    mistake: "a duplicate-key error is swallowed, and an id made up",
    changes: [
      slowToWrite,
      {
        file: "chat-batches.js",
        text: "const inserted = chats.filter((_, index) => !refused.has(index));",
        becomes: "const inserted = chats;",
      },
    ],
    load: meeting,
    code: 1,
    says: /\b(PHANTOM_ID|SPLIT_ID)\b/,
  },
  {
    name: "all-created",
    mistake: "everybody is told to have created the chat",
    changes: [
      {
        file: "create-or-get-chat.js",
        text: 'created: isFirst && outcome === "created"',
        becomes: "created: true",
      },
    ],
    load: hot,
    code: 1,
    says: /\bDOUBLE_CREATED\b/,
  },
  {
    name: "id-remembered",
    mistake: "an id is remembered, and still given out after its chat was merged away",
    changes: [
      {
        file: "get-chat.js",
        text: "return withDeadline(ctx, async () => ctx.told(toChat(ctx.model, await followChatId(ctx, id))));",
        becomes:
          "ctx.remembered ??= new Map(); const known = ctx.remembered.get(id); if (known) return known;" +
          "const chat = await withDeadline(ctx, async () => ctx.told(toChat(ctx.model, await followChatId(ctx, id))));" +
          "ctx.remembered.set(id, chat); return chat;",
      },
    ],
    load: ["--workload", "hot,merge-race", "--callers", "32", "--keys", "4"],
    code: 1,
    says: /\bSTALE_AFTER_MERGE\b/,
  },
  {
    name: "scope-left-out",
    mistake: "the scope is left out of the key",
    changes: [
      {
        file: "participants-key.js",
        text: "const preimage = JSON.stringify([scope, ...ids]);",
        becomes: 'const preimage = JSON.stringify(["", ...ids]);',
      },
    ],
    load: ["--workload", "hot,scopes", "--callers", "32", "--keys", "16"],
    code: 1,
    says: /\bCROSS_KEY\b/,
  },
  {
    name: "index-not-created",
    mistake: "the index is not created: nothing is run at all",
    changes: [
      {
        file: "ensure-indexes.js",
        text: "async function build(ctx, { key, options }) {",
        becomes: "async function build(ctx, { key, options }) { return;",
      },
    ],
    load: hot,
    code: 2,
    says: /onechat refuses to start: INDEX_MISSING/,
  },
  {
    name: "not-loadable",
    mistake: "a build that cannot be loaded: a failure of the harness, and no anomaly",
    changes: [{ file: "chat-context.js", text: "export function chatContext(", becomes: "!" }],
    load: hot,
    code: 107,
    says: /the harness has failed: SyntaxError/,
  },
  {
    // With w: 1 alone, the majority reads of other callers make the embedded engine write its log so often that only
    // one run in six with three kills each lost anything; an application that reads locally as well loses in every run.
    name: "not-durable",
    mistake: "writes are not waited for until they are durable, and reads show what may be lost",
    changes: [
      {
        file: "majority.js",
        text: '{ w: "majority", journal: true }',
        becomes: "{ w: 1, journal: false }",
      },
      {
        file: "majority.js",
        text: 'readConcern: { level: "majority" }',
        becomes: 'readConcern: { level: "local" }',
      },
    ],
    load: [...hot, "--fault", "db-kill", "--duration", "1s", "--repeats", "4"],
    code: 1,
    says: /\bLOST\b/,
    isCrashed: true,
  },
];
