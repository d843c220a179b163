import { type Db, ObjectId } from "mongodb";
import {
  type Chat,
  type ChatContext,
  chatContext,
  ChatError,
  createOrGetChat,
  getChat,
  resolveChatId,
} from "../../src/index.ts";
import type { Ledger } from "./ledger.ts";
import { legacyModel, oneOf, peopleOf } from "./legacy-chats.ts";

export interface NewVersionOptions {
  readonly db: Db;
  readonly ledger: Ledger;
  readonly random: () => number;
  readonly newSets: readonly number[];
  /** Whether a rollback may move messages from a survivor back to its aliases, while it reads. */
  readonly undone: boolean;
}

/** The application with onechat: it resolves ids before it writes, looks again after, and reads through aliases. */
export class NewVersionApp {
  readonly #options: NewVersionOptions;
  readonly #ctx: ChatContext;
  /** What could not be seen at a poll although it was acknowledged before. */
  readonly unseen: string[] = [];
  polls = 0;
  polled = 0;

  constructor(options: NewVersionOptions) {
    this.#options = options;
    this.#ctx = chatContext(options.db, { model: legacyModel, deadlineMs: 120_000 });
  }

  /** One thing that a person does. */
  async act(): Promise<void> {
    const { ledger, random, newSets } = this.#options;
    if (random() < 0.3) {
      const set = random() < 0.5 ? oneOf(newSets, random) : oneOf([...ledger.chats.keys()], random);
      const id = await this.#open(set);
      return id === null ? undefined : ledger.shown(set, id);
    }
    await this.#send(this.#anyChat());
  }

  /** `null` where a rollback has taken away the index that decides. */
  async #open(set: number): Promise<ObjectId | null> {
    try {
      const { chat } = await createOrGetChat(this.#ctx, { participants: peopleOf(set) });
      this.#options.ledger.writes += 1;
      return new ObjectId(chat.id);
    } catch (error) {
      if (this.#options.undone && error instanceof ChatError && error.code === "INDEX_MISSING") return null;
      throw error;
    }
  }

  #anyChat(): ObjectId {
    const { ledger, random } = this.#options;
    return oneOf(oneOf([...ledger.chats.values()], random), random);
  }

  async #send(held: ObjectId): Promise<void> {
    const { db, ledger } = this.#options;
    const id = await resolveChatId(this.#ctx, held).catch((error: unknown) =>
      this.#unlessDeleted(held, error),
    );
    if (id === null) return;
    const chat = new ObjectId(id);
    const messages = db.collection("messages");
    const message = { _id: new ObjectId(), chat, text: "from the new version" };
    await messages.insertOne(message);
    ledger.writes += 1;
    // Merged while the message was on its way: it follows by itself.
    const now = await resolveChatId(this.#ctx, chat).catch((error: unknown) =>
      this.#unlessDeleted(chat, error),
    );
    if (now !== null && now !== id)
      await messages.updateOne({ _id: message._id, chat }, { $set: { chat: new ObjectId(now) } });
    ledger.sent(message._id.toHexString(), chat);
  }

  #unlessDeleted(chat: ObjectId, error: unknown): null {
    if (error instanceof ChatError && error.code === "CHAT_NOT_FOUND" && this.#isDeleted(chat)) return null;
    throw error;
  }

  #isDeleted(chat: ObjectId): boolean {
    return this.#options.ledger.deleted.has(chat.toHexString());
  }

  /** Looks at a chat by any id of it: whatever was acknowledged before has to be there. */
  async poll(): Promise<void> {
    const chat = this.#anyChat();
    const acknowledged = this.#acknowledgedIn(chat);
    this.polls += 1;
    this.polled += acknowledged.length;
    this.unseen.push(...(await this.unseenOf(chat, acknowledged)));
  }

  #acknowledgedIn(chat: ObjectId): readonly string[] {
    const hex = chat.toHexString();
    return [...this.#options.ledger.messages].filter(([, sent]) => sent.chat === hex).map(([id]) => id);
  }

  /** Which of these messages cannot be seen in the chat with this id; none of a chat that was deleted. */
  async unseenOf(chat: ObjectId, messages: readonly string[]): Promise<readonly string[]> {
    const view = await this.#view(chat);
    if (this.#isDeleted(chat)) return [];
    if (view === null) return [`${chat.toHexString()} is not found`];
    return messages.filter((id) => !view.has(id)).map((id) => `message ${id} of ${chat.toHexString()}`);
  }

  /** Messages move from aliases to the survivor, so that is the order to read in; and again if the chat has changed. */
  async #view(id: ObjectId): Promise<ReadonlySet<string> | null> {
    for (let chat = await this.#chat(id); chat !== null;) {
      const seen = new Set<string>();
      for (const chats of [chat.aliases, [chat.id], this.#options.undone ? chat.aliases : []]) {
        const read = this.#options.db
          .collection("messages")
          .find({ chat: { $in: chats.map((one) => new ObjectId(one)) } }, { projection: { _id: 1 } });
        for await (const { _id } of read) seen.add(String(_id));
      }
      const again = await this.#chat(id);
      if (again !== null && again.id === chat.id && String(again.aliases) === String(chat.aliases))
        return seen;
      chat = again;
    }
    return null;
  }

  async #chat(id: ObjectId): Promise<Chat | null> {
    try {
      return await getChat(this.#ctx, id);
    } catch (error) {
      if (error instanceof ChatError && error.code === "CHAT_NOT_FOUND") return null;
      throw error;
    }
  }
}
