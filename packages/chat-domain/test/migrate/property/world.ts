import type { Db, Document } from "mongodb";
import { type ChatContext, chatContext, type ChatModelInput, resolveChatId } from "../../../src/index.ts";
import { chatOf, idOf, modelOf, type Seed, type Shape } from "./application.ts";
import type { Counter } from "./counters.ts";
import { textOf } from "./expected.ts";

export interface KnownChat {
  readonly number: number;
  readonly id: unknown;
  /** Of which people it is now. */
  set: number;
  readonly seed: Seed;
}

export interface Databases {
  readonly real: Db;
  readonly shadow: Db;
}

interface Update {
  readonly q: Document;
  readonly u: Document;
  readonly arrayFilters?: readonly Document[];
}

/**
 * An application in a database that is migrated, and the same one in a database that never is: every write that the first
 * has acknowledged is done in the second as well, to the chat that it was meant for.
 */
export class World {
  readonly shape: Shape;
  readonly real: Db;
  readonly shadow: Db;
  readonly model: ChatModelInput;
  readonly keyField: string;
  /** The new version of the application. */
  readonly app: ChatContext;
  readonly chats: KnownChat[] = [];
  readonly counters = new Map<string, Counter>();
  /** Elements that one side has changed since they were merged: the other leaves them alone. */
  readonly changedBy = new Map<unknown, "old" | "new">();
  /** Chats that somebody has written to, and sets whose chat somebody has opened, since all was as it is here. */
  readonly touched = new Set<string>();
  readonly opened = new Set<number>();
  /** Duplicates that were brought back one by one: they are not *the* chat of their people any more. */
  readonly apart = new Set<number>();
  /** Merges may have been begun. */
  hasBegun = false;
  /** Rows and maps may be put together since: what each chat has of them is told by set. */
  isShared = false;
  /** The old version is gone. */
  isDrained = false;
  /** Whether every merge is known to be whole: otherwise it is open which side of a fold a write is on. */
  isSettled = true;
  private last = 100;

  constructor(shape: Shape, { real, shadow }: Databases) {
    this.shape = shape;
    this.real = real;
    this.shadow = shadow;
    this.model = modelOf(shape);
    this.keyField = this.model.chats?.keyField ?? "participantsKey";
    this.app = chatContext(real, { model: this.model, newId: () => idOf(shape.ids, this.chats.length + 1) });
  }

  /** A number that nobody has had. */
  next(): number {
    this.last += 1;
    return this.last;
  }

  isUnique({ oddity }: Seed): boolean {
    return oddity === "none" || (oddity === "group" && !this.shape.hasGroups);
  }

  byId(text: string): KnownChat | null {
    return this.chats.find(({ id }) => String(id) === text) ?? null;
  }

  /** Where a chat lives today, as the new version asks for it. */
  async survivorOf(chat: KnownChat): Promise<KnownChat | null> {
    if (!this.isUnique(chat.seed)) return null;
    return this.apart.has(chat.number) ? chat : this.byId(await resolveChatId(this.app, chat.id));
  }

  /** What a message holds of its chat. */
  refOf({ number, id }: KnownChat): unknown {
    if (this.shape.messages === "rooms") return `r-${number}`;
    return this.shape.messages === "prefixed" ? `Chat$${String(id)}` : id;
  }

  async made(seed: Seed): Promise<KnownChat> {
    const number = this.chats.length + 1;
    const document = chatOf(this.shape, number, seed);
    const chat: KnownChat = { number, id: document["_id"], set: seed.set, seed };
    this.chats.push(chat);
    this.touched.add(textOf(chat.id));
    await this.both((db) => db.command({ insert: "chats", documents: [document] }));
    return chat;
  }

  /** A chat as it is stored. */
  async stored(db: Db, { id }: KnownChat): Promise<Document | null> {
    return db.collection("chats").findOne({ _id: { $eq: id } } as Document);
  }

  async both(write: (db: Db) => Promise<unknown>): Promise<void> {
    for (const db of [this.real, this.shadow]) await write(db);
  }

  /** Returns whether there was such a chat in the database that is migrated. */
  async update(chat: KnownChat, u: Document, arrayFilters: readonly Document[] = []): Promise<boolean> {
    const update = { q: { _id: chat.id }, u, ...(arrayFilters.length === 0 ? {} : { arrayFilters }) };
    if (!(await this.updateIn(this.real, update))) return false;
    this.touched.add(textOf(chat.id));
    return this.updateIn(this.shadow, update);
  }

  async updateIn(db: Db, update: Update): Promise<boolean> {
    const { n, writeErrors } = await db.command({ update: "chats", updates: [update] });
    if (writeErrors !== undefined) throw new Error(JSON.stringify(writeErrors));
    return n === 1;
  }
}
