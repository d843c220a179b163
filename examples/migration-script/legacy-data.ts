import { ObjectId } from "mongodb";
import { client, db } from "./database.ts";

/** A chat as find-then-create has made it, and what was written in it. */
async function addChat(users: readonly string[], texts: readonly string[]): Promise<void> {
  const chat = new ObjectId();
  const messages = texts.map((text, index) => ({ chat, from: users[index % 2], text }));
  await db
    .collection("chats")
    .insertOne({ _id: chat, users, isGroupChat: users.length > 2, messageCount: texts.length });
  await db.collection("messages").insertMany(messages);
}

await db.dropDatabase();
await db.collection("messages").createIndex({ chat: 1 });

// Alice and Bob have opened their chat three times at once: each of these has a part of what they wrote.
await addChat(["alice", "bob"], ["Hi Bob!", "Hi Alice!"]);
await addChat(["bob", "alice"], ["Are you there?"]);
await addChat(["alice", "bob"], ["Did you get my message?", "Which one?"]);
await addChat(["alice", "carol"], ["Lunch?", "With pleasure."]);
// Groups may have the same people as others: they stay as they are.
await addChat(["alice", "bob", "carol"], ["To all of you"]);
await addChat(["alice", "bob", "carol"], ["And again, about something else"]);

console.log("6 chats, 9 messages");
await client.close();
