import type { ChatContext } from "@onechat/chat-domain";

/** The chat that was found or made, as `POST /api/chats/create-or-get` answers it. */
export interface NaiveAnswer {
  readonly chat: { readonly id: string };
  readonly created: boolean;
}

/** Find, then insert: how an application first writes create-or-get. Between the two somebody else inserts. */
export interface NaiveChats {
  readonly findThenInsert: (participants: readonly string[]) => Promise<NaiveAnswer>;
  readonly collection: () => Promise<NaiveCollection>;
}

interface NaiveDocument {
  readonly participants: readonly string[];
  readonly createdAt: Date;
}

type NaiveCollection = ReturnType<typeof collectionOf>;

const name = "console_naive_chats";

/** In a collection of their own, in which the newest push the oldest out: races leave no more than a few megabytes. */
export function naiveChats({ db }: Pick<ChatContext, "db">): NaiveChats {
  let made: Promise<NaiveCollection> | null = null;
  const collection = (): Promise<NaiveCollection> => {
    made ??= makeCollection(db).catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
  return {
    collection,
    async findThenInsert(participants) {
      const chats = await collection();
      const found = await chats.findOne({ participants });
      if (found !== null) return { chat: { id: String(found._id) }, created: false };
      const { insertedId } = await chats.insertOne({ participants, createdAt: new Date() });
      return { chat: { id: String(insertedId) }, created: true };
    },
  };
}

function collectionOf(db: ChatContext["db"]) {
  return db.collection<NaiveDocument>(name);
}

async function makeCollection(db: ChatContext["db"]): Promise<NaiveCollection> {
  const [existing] = await db.listCollections({ name }, { nameOnly: true }).toArray();
  // Another process may be as far: made is made.
  if (existing === undefined)
    await db.createCollection(name, { capped: true, size: 4 * 1_048_576, max: 10_000 }).catch(unlessItExists);
  const chats = collectionOf(db);
  await chats.createIndex({ participants: 1 });
  return chats;
}

function unlessItExists(error: unknown): void {
  const exists = error instanceof Error && "codeName" in error && error.codeName === "NamespaceExists";
  if (!exists) throw error;
}
