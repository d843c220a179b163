import type { Db, Document, ObjectId } from "mongodb";
import type { LegacyReference } from "../legacy-config.ts";
import type { LegacyIndex } from "../legacy-indexes.ts";
import type { TalkMessage } from "./talk-message.ts";

/** Two people, hex ids of theirs, and what they talk about where that makes it another chat. */
export interface Talk {
  readonly people: readonly [string, string];
  readonly about: string;
}

/** What the application addresses a chat by: its `_id`, or a field of its own. */
export type ChatRef = ObjectId | string;

/** What somebody sees who opens a chat. */
export interface ChatView {
  /** In the order of the screen. */
  readonly messages: readonly { readonly id: string; readonly text: string }[];
  /** How many of them a person has not read. */
  readonly unread: Readonly<Record<string, number>>;
}

/** JSON of the migrator's configuration, without the database's name. */
export interface ApplicationConfig {
  readonly chats: {
    readonly collection: string;
    readonly participants: string | [string, string];
    readonly participantType: "string" | "objectId";
    readonly scope: string | null;
    readonly perParticipant?: [string, string][];
    readonly keyField?: string;
    readonly where?: Readonly<Record<string, boolean>>;
  };
  readonly references: readonly ApplicationReference[];
  readonly fold: Readonly<Record<string, ApplicationFold>>;
  readonly ignore?: readonly string[];
}

interface ApplicationReference extends Omit<LegacyReference, "fold"> {
  readonly toField?: string;
  readonly prefix?: string;
  readonly fold?: Readonly<Record<string, ApplicationFold>>;
}

type ApplicationFold =
  | "min"
  | "max"
  | "sum"
  | { readonly eachKey: "sum" }
  | {
      readonly union: {
        readonly by: string;
        readonly orderBy?: string;
        readonly fold?: Record<string, "max" | "sum">;
      };
    };

/** An application's own code from before onechat. A write tells whether it has found what it was for. */
export interface LegacyApplication {
  readonly name: string;
  readonly config: ApplicationConfig;
  readonly indexes: readonly LegacyIndex[];
  /** All its collections. */
  readonly collections: readonly string[];
  /** The field of a chat that the application addresses it by. */
  readonly refField: "_id" | "roomId";
  /** Selects the chats of two people, whoever of them has begun. */
  readonly of: (talk: Talk) => Document;
  /** The fields of a new chat that say whose it is, which are not for the new version to write. */
  readonly identityOf: (talk: Talk) => Document;
  /** What each of them has for themselves in it, where people are documents. */
  readonly member?: Readonly<Document>;
  /** The other fields of a new chat. */
  readonly newChat: (talk: Talk) => Document;
  readonly send: (db: Db, chat: ChatRef, message: TalkMessage) => Promise<boolean>;
  readonly edit: (db: Db, chat: ChatRef, message: ObjectId, text: string) => Promise<boolean>;
  readonly remove: (db: Db, chat: ChatRef, message: ObjectId) => Promise<boolean>;
  /** Somebody has read everything. */
  readonly markRead: (db: Db, chat: ChatRef, person: string) => Promise<boolean>;
  readonly read: (db: Db, chat: ChatRef) => Promise<ChatView>;
}
