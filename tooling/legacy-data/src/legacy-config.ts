import type { LegacyShape } from "./legacy-options.ts";

/** JSON of the migrator's configuration, without the database's name. */
export interface LegacyConfig {
  readonly chats: LegacyChatsConfig;
  readonly references: readonly LegacyReference[];
  readonly fold: LegacyFold;
}

export interface LegacyChatsConfig {
  readonly collection: string;
  readonly participants: string;
  readonly participantType: "string" | "objectId";
  readonly idType: "string" | "objectId";
  readonly where: Readonly<Record<string, string | boolean>>;
  readonly scope: string | null;
}

export interface LegacyReference {
  readonly collection: string;
  readonly field: string;
  readonly onConflict?: "keep-survivor" | "fold";
  readonly fold?: LegacyFold;
}

export type LegacyFold = Readonly<Record<string, LegacyFoldRule>>;

export type LegacyFoldRule =
  | "min"
  | "max"
  | "union"
  | { readonly newestBy: string }
  | {
      readonly recount: {
        readonly collection: string;
        readonly field: string;
        readonly since?: { readonly counted: string; readonly row: string };
      };
    };

const configs: Readonly<Record<LegacyShape, LegacyConfig>> = {
  onechat: {
    chats: {
      collection: "chats",
      participants: "participants",
      participantType: "string",
      idType: "objectId",
      where: { kind: "direct" },
      scope: "scope",
    },
    references: [
      { collection: "messages", field: "chatId" },
      {
        collection: "members",
        field: "chatId",
        onConflict: "fold",
        fold: {
          readUpTo: "max",
          joinedAt: "min",
          unread: {
            recount: {
              collection: "messages",
              field: "chatId",
              since: { counted: "createdAt", row: "readUpTo" },
            },
          },
        },
      },
    ],
    fold: {
      createdAt: "min",
      updatedAt: "max",
      lastMessageAt: "max",
      tags: "union",
      messageCount: { recount: { collection: "messages", field: "chatId" } },
    },
  },
  mern: {
    chats: {
      collection: "chats",
      participants: "users",
      participantType: "objectId",
      idType: "objectId",
      where: { isGroupChat: false },
      scope: null,
    },
    references: [{ collection: "messages", field: "chat" }],
    fold: { createdAt: "min", updatedAt: "max", latestMessage: { newestBy: "updatedAt" } },
  },
  rocketchat: {
    chats: {
      collection: "rooms",
      participants: "uids",
      participantType: "string",
      idType: "string",
      where: { t: "d" },
      scope: null,
    },
    references: [
      { collection: "messages", field: "rid" },
      { collection: "subscriptions", field: "rid", onConflict: "keep-survivor" },
      { collection: "uploads", field: "room.rid" },
      { collection: "folders", field: "rids" },
    ],
    fold: { ts: "min", lm: "max", msgs: { recount: { collection: "messages", field: "rid" } } },
  },
};

/** How the migrator is told about a shape; a copy, to be changed at will. */
export function legacyConfig(shape: LegacyShape): LegacyConfig {
  return structuredClone(configs[shape]);
}
