import { type Connection, Schema, Types } from "mongoose";

const { ObjectId } = Schema.Types;

/** As the popular MERN tutorial has it. */
const oldChatSchema = new Schema(
  {
    chatName: { type: String, trim: true },
    isGroupChat: { type: Boolean, default: false },
    users: [{ type: ObjectId, ref: "User" }],
    latestMessage: { type: ObjectId, ref: "Message" },
    groupAdmin: { type: ObjectId, ref: "User" },
  },
  { timestamps: true },
);

const oldMessageSchema = new Schema(
  {
    sender: { type: ObjectId, ref: "User" },
    content: { type: String, trim: true },
    chat: { type: ObjectId, ref: "Chat" },
    readBy: [{ type: ObjectId, ref: "User" }],
  },
  { timestamps: true },
);

function modelsOf(connection: Connection) {
  return {
    Chat: connection.model("Chat", oldChatSchema),
    Message: connection.model("Message", oldMessageSchema),
  };
}

type Models = ReturnType<typeof modelsOf>;

/** One process of the application before onechat, told nothing of keys or tombstones. */
export class OldVersion {
  readonly Chat: Models["Chat"];
  readonly Message: Models["Message"];

  constructor(connection: Connection) {
    ({ Chat: this.Chat, Message: this.Message } = modelsOf(connection));
  }

  /** Finds, then creates: whoever comes in between makes a second chat of the same people. */
  async accessChat(me: Types.ObjectId, other: Types.ObjectId): Promise<Types.ObjectId> {
    const [found] = await this.Chat.find({
      isGroupChat: false,
      $and: [{ users: { $elemMatch: { $eq: me } } }, { users: { $elemMatch: { $eq: other } } }],
    }).populate("latestMessage");
    if (found !== undefined) return found._id;
    const created = await this.Chat.create({ chatName: "sender", isGroupChat: false, users: [me, other] });
    return created._id;
  }

  async sendMessage(chat: Types.ObjectId, sender: Types.ObjectId, content: string): Promise<Types.ObjectId> {
    const message = await this.Message.create({ sender, content, chat });
    await this.Chat.findByIdAndUpdate(chat, { latestMessage: message._id });
    return message._id;
  }
}

export type Pair = readonly [Types.ObjectId, Types.ObjectId];

/** A chat that somebody was shown, and the messages that were acknowledged in it. */
export interface ShownChat {
  readonly id: Types.ObjectId;
  readonly messages: Types.ObjectId[];
}

/** All chats of the same two people. */
export interface Conversation {
  readonly pair: Pair;
  readonly chats: readonly ShownChat[];
}

/** Every pair opens its chat from several devices at once, and each device sends a message to the chat that it got. */
export async function raceOfDevices(
  processes: readonly OldVersion[],
  pairs: number,
): Promise<readonly Conversation[]> {
  const conversations: Conversation[] = [];
  for (let n = 0; n < pairs; n += 1) {
    const pair: Pair = [new Types.ObjectId(), new Types.ObjectId()];
    const sent = await Promise.all(
      processes.map(async (app, device) => {
        const [me, other] = device % 2 === 0 ? pair : ([pair[1], pair[0]] as const);
        const chat = await app.accessChat(me, other);
        return { chat, message: await app.sendMessage(chat, me, `from device ${device}`) };
      }),
    );
    const chats = new Map<string, ShownChat>();
    for (const { chat, message } of sent) {
      const shown = chats.get(chat.toHexString()) ?? { id: chat, messages: [] };
      shown.messages.push(message);
      chats.set(chat.toHexString(), shown);
    }
    conversations.push({ pair, chats: [...chats.values()] });
  }
  return conversations;
}
