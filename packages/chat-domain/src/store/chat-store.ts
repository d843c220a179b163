import { majorityRead, majorityWrite } from "./majority.ts";
import { wholeNumber } from "./whole-number.ts";
import type { Collection, Db } from "mongodb";
import { defaultMaxParticipants } from "../identity/participants-key.ts";
import { type AnyDb, type OwnDatabase, ownDatabase } from "../driver/own-database.ts";
import { ownValues } from "../driver/bson-copies.ts";
import { type Chat, chatProjection } from "../model/chat.ts";
import { ChatModel, type ChatModelInput } from "../model/chat-model.ts";
import { defaultNewId, type NewId, ownPaths } from "../model/new-chat.ts";
import { recordName } from "../model/own-names.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import { type ChatObserver, safeObserver, silentObserver } from "./chat-observer.ts";
import { type KeyIndex, keyIndex } from "./key-index.ts";
import { type ModelAgreement, modelAgreement } from "./model-agreement.ts";
import { type NewChatSelection, newChatSelection } from "./new-chat-selection.ts";

/** `claim`: chats without a key may exist and are adopted; `none`: the collection is sealed, every chat has a key. */
export type LegacyPolicy = "claim" | "none";

export interface ChatStoreOptions {
  readonly model?: ChatModelInput;
  readonly legacy?: LegacyPolicy;
  readonly observer?: ChatObserver;
  /** Different people per chat, up to 10,000; 100 unless given. */
  readonly maxParticipants?: number;
  /** Milliseconds after which a verb gives up with `UNAVAILABLE`; 4,000 unless given. */
  readonly deadlineMs?: number;
  /**
   * Makes the `_id` of a new chat (a ULID, an id made of the people), in any accepted form; it is stored as
   * `model.chats.idType`. Needed where those are integers.
   */
  readonly newId?: NewId;
  /**
   * `false`: `chat.document` has the fields that onechat itself reads, and nothing else is brought over from the
   * database. For those who show chats and not documents, as the API does: documents may be as large as 16 MB. `true`
   * unless given.
   */
  readonly wholeDocuments?: boolean;
}

/** Where the chats are, and what was decided once for all calls. */
export interface ChatStore {
  /** As it was given, for the application's own use. */
  readonly db: Db;
  readonly model: ChatModel;
  readonly legacy: LegacyPolicy;
  readonly observer: ChatObserver;
  readonly maxParticipants: number;
  readonly deadlineMs: number;
  /** The collections, with the concerns that the guarantee needs, whatever the client's own defaults are. */
  readonly chats: Collection<StoredDocument>;
  readonly redirects: Collection<StoredDocument>;
  /** Options of what reads chats for callers: with the projection, where documents are not wanted whole. */
  readonly reading: { readonly projection?: Readonly<Record<string, 1>> };
  /** Fields of a new chat that callers may not set. */
  readonly ownPaths: readonly string[];
  readonly newId: NewId | null;
  /** A chat for its caller: its document is made of the values of the database's own copy of the driver. */
  readonly told: (chat: Chat) => Chat;
  /** The unique index that decides every race, verified before it is relied on. */
  readonly keyIndex: KeyIndex;
  /** Whether what is stored fits the model, seen before the first chat is made. */
  readonly modelAgreement: ModelAgreement;
  /** Whether `where` selects the chats that are to be made, asked before they are. */
  readonly newChatSelection: NewChatSelection;
}

/**
 * @throws TypeError when `db` is no Db of a driver that can be used, or `legacy` no policy
 * @throws ZodError when `model` is not a {@link ChatModel}
 * @throws RangeError when one of the numbers is not a positive whole number
 */
export function chatStore(anyDb: AnyDb, options: ChatStoreOptions): ChatStore {
  const { db, told } = ownDatabase(anyDb);
  const model = ChatModel.parse(ownValues(options.model ?? {}));
  const maxParticipants = peoplePerChat(options.maxParticipants ?? defaultMaxParticipants);
  const deadlineMs = wholeNumber("deadlineMs", options.deadlineMs ?? 4_000);
  const chats = guaranteedCollection(db, model.chats.collection, deadlineMs);
  const newId = options.newId ?? defaultNewId[model.chats.idType];
  return {
    db: anyDb as Db,
    model,
    legacy: legacyPolicy(options.legacy ?? "claim"),
    told: toldBy(told),
    observer: safeObserver(options.observer ?? silentObserver),
    maxParticipants,
    deadlineMs,
    chats,
    reading: options.wholeDocuments === false ? { projection: chatProjection(model) } : {},
    redirects: guaranteedCollection(db, recordName(model, "chat_redirects"), deadlineMs),
    ownPaths: ownPaths(model),
    newId,
    keyIndex: keyIndex(chats, model.chats.keyField, deadlineMs),
    modelAgreement: modelAgreement({ db, chats, model, maxTimeMS: deadlineMs }),
    newChatSelection: newChatSelection(chats, { model, newId, maxTimeMS: deadlineMs }),
  };
}

function legacyPolicy(value: LegacyPolicy): LegacyPolicy {
  if (value === "claim" || value === "none") return value;
  throw new TypeError('legacy is "claim" or "none"');
}

function toldBy(told: OwnDatabase["told"]): ChatStore["told"] {
  return (chat) => {
    const document = told(chat.document);
    return document === chat.document ? chat : { ...chat, document };
  };
}

/** More would be more conditions and index entries than the server takes in one statement. */
const mostParticipants = 10_000;

function peoplePerChat(value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= mostParticipants) return value;
  throw new RangeError(`maxParticipants is a whole number from 1 to ${mostParticipants}`);
}

/** An id that was answered must survive any crash: majority and journal on write, majority on the primary on read. */
function guaranteedCollection(db: Db, name: string, deadlineMs: number): Collection<StoredDocument> {
  return db.collection(name, {
    ...majorityRead,
    writeConcern: { ...majorityWrite, wtimeoutMS: deadlineMs },
  });
}
