import { BSON, type Db } from "mongodb";
import { isServerError } from "../errors/mongo-errors.ts";
import type { ChatModel } from "../model/chat-model.ts";
import { recordName } from "../model/own-names.ts";
import { majorityRead } from "./majority.ts";

/** What decides which chats are of the same people, in words, as a migration writes it down. */
export interface RecordedModel {
  readonly collection: string;
  readonly participants: string;
  readonly scope: string;
  readonly where: string;
  /** An earlier version has not written it down. */
  readonly keyField?: string;
}

export function recordedModel({
  chats: { collection, participants, scope, where, keyField },
}: ChatModel): RecordedModel {
  return {
    collection,
    participants: textOf(participants),
    // A field that no chat has is as good as none.
    scope: scope ?? "scope",
    where: textOf(where),
    keyField,
  };
}

/** Of one filter, in whatever order its fields are named. */
function textOf(value: unknown): string {
  return BSON.EJSON.stringify(value, (_name: string, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** The part of a migration's record of a run that is read here. */
interface Recorded {
  readonly command: string;
  readonly to: string;
  readonly chatModel?: RecordedModel;
}

export const unauthorized = 13;

/**
 * In which parts the newest run of a migration had another model, or `null`: also where nobody has migrated, where all of
 * it was taken back, and where the user may not read it.
 */
export async function otherThanRecorded(db: Db, model: ChatModel, maxTimeMS = 0): Promise<string | null> {
  const last = await newestRun(db, model, maxTimeMS);
  if (last?.chatModel === undefined || (last.command === "rollback" && last.to === "none")) return null;
  const own = recordedModel(model);
  const { chatModel } = last;
  const parts = (["participants", "scope", "where", "keyField"] as const).filter(
    (part) => own[part] !== (chatModel[part] ?? own[part]),
  );
  if (own.collection !== chatModel.collection || parts.length === 0) return null;
  return parts.map((part) => `chats.${part} ${own[part]} (there: ${chatModel[part]})`).join(", ");
}

async function newestRun(db: Db, model: ChatModel, maxTimeMS: number): Promise<Recorded | null> {
  const runs = db.collection<Recorded>(recordName(model, "migrator_runs"), majorityRead);
  const projection = { command: 1, to: 1, chatModel: 1 };
  try {
    return await runs.findOne({}, { sort: { startedAt: -1, _id: -1 }, projection, maxTimeMS });
  } catch (error) {
    if (isServerError(error) && error.code === unauthorized) return null;
    throw error;
  }
}
