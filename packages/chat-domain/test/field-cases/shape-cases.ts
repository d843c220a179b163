import type { Document } from "mongodb";
import { type FieldIndex, id } from "./field-database.ts";

export const at = (hour: number): Date => new Date(Date.UTC(2024, 0, 1, hour));
const [ann, ben] = [id(0xa), id(0xb)];
const pair = (number: number, more: Document = {}): Document => ({
  _id: id(number),
  users: ["ann", "ben"],
  ...more,
});
export const messages = [1, 2, 2].map((chat, n) => ({ _id: id(100 + n), chat: id(chat) }));

/** Two chats of the same people, and what becomes of them. */
export interface ShapeCase {
  readonly data: Readonly<Record<string, readonly Document[]>>;
  readonly indexes?: readonly FieldIndex[];
  readonly people?: readonly unknown[];
  readonly scope?: unknown;
  /** The one that is left, and what it looks like then. */
  readonly survivor?: unknown;
  readonly becomes?: Document;
  /** Documents of other collections in the end. */
  readonly others?: Readonly<Record<string, readonly Document[]>>;
}

export const moved = { messages: [1, 2, 3].map(() => ({ chat: id(1) })) };
export const shapeCases: Readonly<Record<number, ShapeCase>> = {
  1: {
    people: [ann, ben],
    data: {
      chats: [
        { _id: id(1), users: [ann, ben], isGroupChat: false },
        { _id: id(2), users: [ben, ann], isGroupChat: false },
        { _id: id(3), users: [ann, ben], isGroupChat: true },
      ],
      messages,
    },
    others: moved,
  },
  2: {
    data: {
      chats: [
        {
          _id: id(1),
          members: [
            { userId: "ann", unread: 2, readAt: at(9) },
            { userId: "ben", unread: 0 },
          ],
        },
        {
          _id: id(2),
          members: [
            { userId: "ben", unread: 1 },
            { userId: "ann", unread: 3, readAt: at(11) },
          ],
        },
      ],
      messages,
    },
    becomes: {
      members: [
        { userId: "ann", unread: 5, readAt: at(11) },
        { userId: "ben", unread: 1 },
      ],
    },
    others: moved,
  },
  3: {
    people: [ben, ann],
    data: {
      chats: [
        { _id: id(1), senderId: ann, receiverId: ben },
        { _id: id(2), senderId: ben, receiverId: ann },
      ],
      messages,
    },
    others: moved,
  },
  4: {
    data: {
      chats: [
        { _id: id(1), seller: "ann", buyer: "ben", readBySeller: at(9), readByBuyer: at(10) },
        { _id: id(2), seller: "ben", buyer: "ann", readBySeller: at(12), readByBuyer: at(7) },
      ],
      messages,
    },
    becomes: { readBySeller: at(9), readByBuyer: at(12) },
    others: moved,
  },
  5: {
    scope: "ann",
    data: {
      chats: [
        { _id: id(1), owner: "ann", peer: "ben" },
        { _id: id(2), owner: "ann", peer: "ben" },
        { _id: id(3), owner: "ben", peer: "ann" },
      ],
      messages,
    },
    others: moved,
  },
  6: {
    scope: 7,
    data: {
      chats: [
        pair(1, { listing: 7, participantsKey: "ann_ben" }),
        pair(2, { listing: 7, participantsKey: "ben_ann" }),
        pair(3, { listing: 8, participantsKey: "ann_ben" }),
      ],
      messages,
    },
    indexes: [{ collection: "chats", key: { listing: 1, participantsKey: 1 }, options: { unique: true } }],
    becomes: { participantsKey: "ann_ben" },
    others: moved,
  },
  7: {
    data: {
      chats: [pair(1, { roomId: "r-1" }), pair(2, { roomId: "r-2" })],
      messages: [1, 2].map((n) => ({ _id: id(n), roomId: `r-${n}` })),
    },
    indexes: [{ collection: "chats", key: { roomId: 1 } }],
    others: { messages: [{ roomId: "r-1" }, { roomId: "r-1" }] },
  },
  8: {
    people: [2, "1"],
    survivor: 17,
    data: {
      chats: [
        { _id: 17, users: [1, 2] },
        { _id: 18, users: [2, 1] },
      ],
      messages: [{ _id: 1, chat: 18 }],
    },
    others: { messages: [{ chat: 17 }] },
  },
  9: {
    data: {
      chats: [
        pair(1, {
          messages: [
            { _id: id(11), text: "one", at: at(1) },
            { _id: id(13), text: "three", at: at(3) },
          ],
        }),
        pair(2, { messages: [{ _id: id(12), text: "two", at: at(2) }] }),
      ],
    },
    becomes: { messages: [{ text: "one" }, { text: "two" }, { text: "three" }] },
  },
  10: {
    data: { chats: [pair(1, { messages: [id(11)] }), pair(2, { messages: [id(12), id(13)] })] },
    becomes: { messages: [id(11), id(12), id(13)] },
  },
  11: {
    data: {
      chats: [
        pair(1, { unread: { ann: 2 }, hiddenBy: ["ann", "ben"] }),
        pair(2, { unread: { ann: 1, ben: 4 }, hiddenBy: ["ben"] }),
      ],
      messages,
    },
    becomes: { unread: { ann: 3, ben: 4 }, hiddenBy: ["ben"] },
    others: moved,
  },
  12: {
    data: {
      chats: [pair(1), pair(2)],
      members: [
        { _id: 1, chat: id(1), user: "ann", unread: 2, readAt: at(9) },
        { _id: 2, chat: id(2), user: "ann", unread: 1, readAt: at(8) },
        { _id: 3, chat: id(2), user: "ben", unread: 0 },
      ],
    },
    indexes: [{ collection: "members", key: { chat: 1, user: 1 }, options: { unique: true } }],
    others: {
      members: [
        { _id: 1, chat: id(1), unread: 3, readAt: at(9) },
        { _id: 3, chat: id(1), user: "ben" },
      ],
    },
  },
  13: {
    data: {
      chats: [pair(1), pair(2)],
      people: [
        {
          _id: "ann",
          chats: [
            { chatId: id(1), muted: true },
            { chatId: id(2), muted: false },
          ],
        },
        { _id: "ben", chats: [{ chatId: id(2), muted: true }] },
      ],
    },
    others: {
      people: [{ chats: [{ chatId: id(1), muted: false }] }, { chats: [{ chatId: id(1), muted: true }] }],
    },
  },
  14: {
    data: {
      chats: [pair(1), pair(2)],
      people: [
        { _id: "ann", readAt: { [String(id(1))]: at(9), [String(id(2))]: at(11) } },
        { _id: "ben", readAt: { [String(id(2))]: at(7) } },
      ],
    },
    others: { people: [{ readAt: { [String(id(1))]: at(11) } }, { readAt: { [String(id(1))]: at(7) } }] },
  },
  15: {
    data: {
      chats: [pair(1), pair(2)],
      likes: [
        { _id: 1, on: `Chat$${String(id(2))}` },
        { _id: 2, on: `Post$${String(id(2))}` },
      ],
      reports: [
        { _id: 1, kind: "chat", target: id(2) },
        { _id: 2, kind: "post", target: id(2) },
      ],
    },
    others: {
      likes: [{ on: `Chat$${String(id(1))}` }, { on: `Post$${String(id(2))}` }],
      reports: [{ target: id(1) }, { target: id(2) }],
    },
  },
  16: {
    survivor: id(2),
    data: {
      chats: [
        pair(1, { archived: true, lastMessageAt: at(12) }),
        pair(2, { archived: false, lastMessageAt: at(9) }),
        pair(3, { archived: false, lastMessageAt: at(8) }),
      ],
      messages: [{ _id: 1, chat: id(1) }],
    },
    becomes: { archived: false, lastMessageAt: at(12) },
    others: { messages: [{ chat: id(2) }] },
  },
  17: {
    data: {
      chats_archive: [{ _id: 1, what: "is the application's own" }],
      supportChats: [pair(1, { aliases: ["help desk"] }), pair(2)],
      supportMessages: [{ _id: 1, chat: id(2) }],
    },
    becomes: { aliases: ["help desk"], support_aliases: [id(2)] },
    others: { supportMessages: [{ chat: id(1) }] },
  },
};
