import { auditChats } from "@onechat/chat-domain/audit";
import {
  migrateUp,
  migrationContext,
  planMigration,
  rollBack,
  type RunResult,
} from "@onechat/chat-domain/migrate";
import { client, db } from "./database.ts";

const migration = migrationContext(db, {
  model: {
    // Where the chats are, who is in them, and which are unique by their people.
    chats: { participants: "users", where: { isGroupChat: false }, scope: null },
    // What holds a chat's id: it follows when a duplicate is merged.
    references: [{ collection: "messages", field: "chat" }],
    // What becomes of the chat's own fields.
    fold: { messageCount: "sum" },
  },
  // How long to wait for what an old version of the application still writes. Here is none; leave it out with yours.
  graceMs: 100,
});

/** Looks, writes nothing. */
async function plan(): Promise<void> {
  const { problems, warnings, chats, duplicates } = await planMigration(migration);
  for (const text of [...problems, ...warnings]) console.log(text);
  console.log(
    `${chats.unique} chats, ${chats.keyed} with a key, ${duplicates.losers} to be merged into another`,
  );
}

/** Gives keys and merges; may be stopped at any moment and run again. */
async function up(): Promise<void> {
  tell(await migrateUp(migration));
}

/** Checks every document. */
async function verify(): Promise<void> {
  let findings = 0;
  for await (const { code, message, chat } of auditChats(migration)) {
    console.log(code, String(chat), message);
    findings += 1;
  }
  console.log(findings === 0 ? "no problems found" : `${findings} problems found`);
  if (findings > 0) process.exitCode = 1;
}

/** Back to what it was, byte by byte where nobody else has written since. */
async function rollback(): Promise<void> {
  tell(await rollBack(migration, { to: "none" }));
}

function tell({ outcome, counts }: RunResult): void {
  const happened = Object.entries(counts).filter(([, count]) => count > 0);
  console.log(outcome, Object.fromEntries(happened));
}

const steps: Readonly<Record<string, () => Promise<void>>> = { plan, up, verify, rollback };
const step = steps[process.argv[2] ?? ""];
if (step === undefined) throw new Error(`one of: ${Object.keys(steps).join(", ")}`);
try {
  await step();
} finally {
  await client.close();
}
