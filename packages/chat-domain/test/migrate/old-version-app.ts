import { type Db, MongoServerError, ObjectId } from "mongodb";
import type { Ledger } from "./ledger.ts";
import { idByClock, legacyChat, oneOf, peopleOf } from "./legacy-chats.ts";

export interface OldVersionOptions {
  readonly db: Db;
  readonly ledger: Ledger;
  readonly random: () => number;
  /** Sets of people from here on have no chat yet. */
  readonly newSets: readonly number[];
  /** Whether it deletes duplicates now and then. */
  readonly deletes: boolean;
  /** How often it does something else after it has made a chat, until it makes another. */
  readonly actsPerChat: number;
}

const hour = 3_600_000;

/**
 * The application as it was before onechat, told nothing of keys or tombstones: it finds and then inserts, by clocks
 * that are an hour wrong, and goes on using whatever id it was once shown.
 */
export class OldVersionApp {
  readonly #options: OldVersionOptions;
  /** Ids that were shown at the very beginning and are never looked up again. */
  readonly #stale: readonly ObjectId[];
  #acts = 0;

  constructor(options: OldVersionOptions) {
    this.#options = options;
    this.#stale = [...options.ledger.chats.values()].flat();
  }

  /** One thing that a person does. */
  async act(): Promise<void> {
    const { random, deletes, actsPerChat } = this.#options;
    const dice = random();
    this.#acts += 1;
    if (this.#acts % actsPerChat === 1) return this.#open();
    if (dice < 0.55) return this.#send(this.#heldChat());
    if (dice < 0.75) return this.#update(this.#heldChat());
    if (dice < 0.9) return this.#join(this.#heldChat());
    return deletes && dice < 0.92 ? this.#delete(this.#heldChat()) : this.#read(this.#heldChat());
  }

  #heldChat(): ObjectId {
    const { ledger, random } = this.#options;
    if (random() < 0.4) return oneOf(this.#stale, random);
    return oneOf(oneOf([...ledger.chats.values()], random), random);
  }

  /** Find, then insert; two devices that do so at once are played by not looking. */
  async #open(): Promise<void> {
    const { db, ledger, random, newSets } = this.#options;
    const set = random() < 0.5 ? oneOf(newSets, random) : oneOf([...ledger.chats.keys()], random);
    const users = [...peopleOf(set)];
    const found =
      random() < 0.4
        ? null
        : await db
            .collection("chats")
            .findOne(
              { isGroupChat: false, users: { $all: users, $not: { $elemMatch: { $nin: users } } } },
              { projection: { _id: 1 } },
            );
    if (found !== null) return ledger.shown(set, found._id);
    const _id = idByClock(oneOf([-hour, 0, hour], random));
    await db.collection("chats").insertOne(legacyChat({ _id, set, random, at: new Date() }));
    ledger.writes += 1;
    ledger.duplicates += 1;
    ledger.shown(set, _id);
  }

  async #send(chat: ObjectId): Promise<void> {
    const { db, ledger } = this.#options;
    const _id = new ObjectId();
    await db.collection("messages").insertOne({ _id, chat, text: "from the old version" });
    ledger.writes += 1;
    ledger.sent(_id.toHexString(), chat);
  }

  async #update(chat: ObjectId): Promise<void> {
    const { db, ledger } = this.#options;
    const tag = new ObjectId().toHexString();
    const { matchedCount } = await db.collection<{ tags: string[] }>("chats").updateOne(
      { _id: chat },
      {
        $set: { updatedAt: new Date(), latestMessage: tag },
        $inc: { messageCount: 1 },
        $push: { tags: tag },
      },
    );
    ledger.writes += matchedCount;
    if (matchedCount > 0) ledger.tags.set(tag, ledger.about(chat));
  }

  async #join(chat: ObjectId): Promise<void> {
    const { db, ledger, random } = this.#options;
    const userId = oneOf([...peopleOf(ledger.about(chat).set), "a guest"], random);
    const mark = new ObjectId().toHexString();
    const row = { chatId: chat, userId, joinedAt: new Date(), readUpTo: new Date(), marks: [mark] };
    try {
      await db.collection("members").insertOne(row);
    } catch (error) {
      if (!(error instanceof MongoServerError && error.code === 11_000)) throw error;
      return;
    }
    ledger.writes += 1;
    ledger.marks.set(mark, { ...ledger.about(chat), userId });
  }

  async #read(chat: ObjectId): Promise<void> {
    const { db, ledger, random } = this.#options;
    const userId = oneOf([...peopleOf(ledger.about(chat).set), "a guest"], random);
    const mark = new ObjectId().toHexString();
    const { matchedCount } = await db
      .collection<{ marks: string[] }>("members")
      .updateOne({ chatId: chat, userId }, { $max: { readUpTo: new Date() }, $push: { marks: mark } });
    ledger.writes += matchedCount;
    if (matchedCount > 0) ledger.marks.set(mark, { ...ledger.about(chat), userId });
  }

  /** Only ever a duplicate: a chat that has a key is what everybody uses. */
  async #delete(chat: ObjectId): Promise<void> {
    const { db, ledger } = this.#options;
    const hex = chat.toHexString();
    if ((ledger.chats.get(ledger.about(chat).set) ?? []).length < 2 || ledger.deleted.has(hex)) return;
    ledger.deleted.add(hex);
    const { deletedCount } = await db
      .collection("chats")
      .deleteOne({ _id: chat, participantsKey: { $exists: false } });
    ledger.writes += deletedCount;
    if (deletedCount === 0) ledger.deleted.delete(hex);
  }
}
