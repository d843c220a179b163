import { uniqueChats } from "../../model/chat-filters.ts";
import { existingIndexes } from "../../store/key-index.ts";
import { foreignKeys, foreignTypes, peopleOfOtherTypes } from "../../store/model-agreement.ts";
import { participantPaths } from "../../model/participants-place.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { lastRun } from "../context/migration-history.ts";
import type { RunRecord } from "../context/migration-records.ts";

const noTimeLimit = 0;

/** The key's field has to be onechat's alone, and people are stored as the model says. */
export async function keyFieldProblems(ctx: MigrationContext): Promise<readonly string[]> {
  return [
    ...(await modelProblems(ctx)),
    ...(await otherUniqueIndexes(ctx)),
    ...(await movedKeyProblems(ctx)),
  ];
}

/** Keys in a field that nobody knows of any more would stay there for ever, and two fields would judge. */
export async function movedKeyProblems(ctx: MigrationContext): Promise<readonly string[]> {
  const last = await lastRun(ctx);
  const { collection, keyField } = ctx.model.chats;
  const there = last?.chatModel?.collection === collection ? last.chatModel.keyField : undefined;
  if (there === undefined || there === keyField || isTakenBack(last)) return [];
  return [
    `the keys of ${ctx.chats.namespace} are in ${there}, not in ${keyField}: go on with "keyField": "${there}", or take them ` +
      "back with it first (migrator rollback --to none)",
  ];
}

function isTakenBack(last: RunRecord | null): boolean {
  return last?.command === "rollback" && last.to === "none" && ["done", "parked"].includes(last.state);
}

/** What the new version finds before its first insert, and keys inside lists, which no index tells from keys. */
async function modelProblems({ chats, model }: MigrationContext): Promise<readonly string[]> {
  const mismatch = (await foreignKeys(chats, model)) ?? (await foreignTypes(chats, model, noTimeLimit));
  return mismatch === null ? [] : [mismatch.message];
}

/** It would refuse chats that have the right key, or duplicates before they are merged. */
async function otherUniqueIndexes({ chats, model }: MigrationContext): Promise<readonly string[]> {
  const { keyField } = model.chats;
  return (await existingIndexes(chats)).flatMap(({ name, key, unique }) => {
    const fields = Object.keys(key);
    if (unique !== true || !fields.includes(keyField) || fields.length === 1) return [];
    return [
      `the unique index ${name ?? fields.join("_")} of ${chats.namespace} contains ${keyField}, which only onechat's own may: ` +
        'drop it, or name another field for the key, such as "chats": { "keyField": "onechatKey" }',
    ];
  });
}

/** How many chats hold people of another type than new chats will: queries of the application's may miss these or those. */
export async function typeWarnings({ chats, model }: MigrationContext): Promise<readonly string[]> {
  const { participantType } = model.chats;
  const filter = { $and: [uniqueChats(model), peopleOfOtherTypes(model)] };
  const found = await chats.countDocuments(filter);
  if (found === 0) return [];
  return [
    `${found} ${found === 1 ? "chat holds" : "chats hold"} people at ${participantPaths(model).join(", ")} that are not stored as ${participantType}, ` +
      "the chats.participantType that new chats get",
  ];
}
