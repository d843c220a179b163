import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ChatConnection, connect } from "@onechat/chat-domain/connect";
import { embeddedMessages, legacyChatsOf, newMessage, raceLegacyChat, type Talk } from "@onechat/legacy-data";
import { collectionHashes } from "./database-state.ts";

export interface EmbeddedChats {
  readonly uri: string;
  readonly database: string;
  /** Where its configuration is put. */
  readonly folder: string;
  readonly print: (text: string) => void;
  readonly migrate: (command: string, configFile: string) => Promise<void>;
}

type Database = ChatConnection["db"];

const [ann, ben] = ["a".repeat(24), "b".repeat(24)] as const;
const names: Readonly<Record<string, string>> = { [ann]: "Ann", [ben]: "Ben" };
const talk: Talk = { people: [ann, ben], about: "" };

/** Who has written what on which of three devices, in the order in which it was written. */
const said = [
  { device: 0, from: ann, text: "09:00 Ann: Hello, Ben!" },
  { device: 1, from: ben, text: "09:01 Ben: Ann? Are you there?" },
  { device: 2, from: ann, text: "09:02 Ann: On my phone now." },
  { device: 0, from: ann, text: "09:03 Ann: Lunch at noon?" },
  { device: 1, from: ben, text: "09:04 Ben: I hear nothing from you." },
] as const;
const whole = ["  unread: Ann 2, Ben 3", ...said.map(({ text }) => `    ${text}`)].join("\n");

/**
 * Three conversations of the same two people, made by an old version that looks and then inserts, become one and three
 * again. Returns what is not as it should be.
 */
export async function showEmbeddedChats(demo: EmbeddedChats): Promise<readonly string[]> {
  const { uri, database, folder, print, migrate } = demo;
  await using connection = connect({ uri, database, longRunning: true });
  await using _dropped = { [Symbol.asyncDispose]: async () => void (await connection.db.dropDatabase()) };
  const { db } = connection;
  await talkAtOnce(db);
  const { config } = embeddedMessages;
  const configFile = join(folder, "conversations.json");
  await writeFile(configFile, JSON.stringify({ database, ...config }, null, 2));
  const hashes = () => collectionHashes(db, [config.chats.collection]);
  const before = [await conversations(db), await hashes()] as const;
  print(introduction(before[0]));
  await migrate("up --execute --grace 1s", configFile);
  const merged = await conversations(db);
  print(`\nNow they have one, with everything that was said, in order:\n\n${merged.join("\n")}`);
  await migrate("rollback --to none --execute --grace 1s", configFile);
  const isRestored = JSON.stringify(await hashes()) === JSON.stringify(before[1]);
  if (isRestored) print("\nThree again, byte for byte as they were.");
  return [
    ...(merged.join("\n") === whole ? [] : ["the conversation of three is not whole"]),
    ...(isRestored ? [] : ["conversations are not what they were before the rollback"]),
  ];
}

function introduction(before: readonly string[]): string {
  const folds = Object.entries(embeddedMessages.config.fold).map(
    ([field, how]) => `  ${field.padEnd(14)} ${JSON.stringify(how)}`,
  );
  return `
── The same where a chat holds its messages, and a map of what is unread

Ann and Ben begin to talk on three devices at once, and the old version makes a conversation on each:

${before.join("\n\n")}

"fold" in its configuration says how each field becomes one:

${folds.join("\n")}`;
}

async function talkAtOnce(db: Database): Promise<void> {
  const chats = await raceLegacyChat(db, embeddedMessages, [talk, talk, talk]);
  for (const [minute, { device, from, text }] of said.entries()) {
    const [chat, to] = [chats[device], from === ann ? ben : ann];
    const at = new Date(Date.UTC(2026, 0, 1, 9, minute));
    if (chat !== undefined) await embeddedMessages.send(db, chat, newMessage({ from, to, text, at }));
  }
}

/** Those that are live, as a screen shows them. */
async function conversations(db: Database): Promise<readonly string[]> {
  const chats = await legacyChatsOf(db, embeddedMessages, talk);
  const live = chats.filter((chat) => !("mergedInto" in chat));
  return Promise.all(
    live.map(async ({ _id }) => {
      const { messages, unread } = await embeddedMessages.read(db, _id);
      const counts = Object.entries(unread).map(([person, count]) => `${names[person] ?? person} ${count}`);
      return [`  unread: ${counts.toSorted().join(", ")}`, ...messages.map(({ text }) => `    ${text}`)].join(
        "\n",
      );
    }),
  );
}
