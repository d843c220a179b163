import { type ChatContext, createOrGetChat } from "@onechat/chat-domain";
import type { MongoClient } from "mongodb";

export interface NewMessage {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

interface OutboxEntry {
  readonly kind: "message-sent";
  readonly chatId: string;
  readonly messageId: unknown;
}

/**
 * The chat first, outside: it is idempotent, and one that stays empty because the transaction fails does no harm. Then
 * the message and the news of it, both or neither.
 */
export async function send(client: MongoClient, chats: ChatContext, message: NewMessage): Promise<string> {
  const { chat } = await createOrGetChat(chats, { participants: [message.from, message.to] });
  const messages = chats.db.collection("messages");
  const outbox = chats.db.collection<OutboxEntry>("outbox");
  await client.withSession((session) =>
    session.withTransaction(async () => {
      const { insertedId } = await messages.insertOne({ ...message, chatId: chat.id }, { session });
      await outbox.insertOne({ kind: "message-sent", chatId: chat.id, messageId: insertedId }, { session });
    }),
  );
  return chat.id;
}

/** For one process at a time. An entry goes when it was delivered, so a crash delivers it twice, never not at all. */
export async function deliver(
  { db }: ChatContext,
  publish: (entry: OutboxEntry) => Promise<void>,
): Promise<number> {
  const outbox = db.collection<OutboxEntry>("outbox");
  let delivered = 0;
  for await (const { _id, ...entry } of outbox.find({}, { sort: { _id: 1 } })) {
    await publish(entry);
    await outbox.deleteOne({ _id });
    delivered += 1;
  }
  return delivered;
}
