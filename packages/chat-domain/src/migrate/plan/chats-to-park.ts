import type { NativeId } from "../../identity/native-id.ts";
import { idSet } from "../../identity/stored-ids.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { heldBySurvivor } from "../keys/lost-claims.ts";
import { bytesIn } from "../merge/chat-states.ts";
import { tooLargeToArchive } from "../merge/survey-merges.ts";
import { unselectedReason } from "../merge/unselected-survivors.ts";
import { duplicateDifferences } from "../preflight/duplicate-differences.ts";
import { largestDocument, roomForKey, tooLarge, tooLargeReason } from "../preflight/large-survivors.ts";
import { hasMergeable } from "../preflight/lost-content.ts";
import { noRoom } from "../run/write-outcome.ts";
import { outgrownDocuments } from "./outgrown-documents.ts";
import { parkedSurvivors } from "./parked-survivors.ts";
import { refusedByValidator } from "./refused-by-validator.ts";
import { refusedMerges } from "./refused-merges.ts";
import { refusedToFollow } from "./refused-to-follow.ts";
import { unselectedSurvivors } from "./unselected-survivors.ts";

export interface InvalidChats {
  readonly reason: string;
  readonly chats: number;
  /** The first of them. */
  readonly examples: readonly NativeId[];
}

/** Chats that are found one by one. */
export type InvalidByReason = Map<string, { chats: number; examples: NativeId[] }>;

const examplesShown = 5;

/** Chats with people who are in order, that `up` would park for what the server would refuse. */
export async function chatsToPark(ctx: MigrationContext): Promise<readonly InvalidChats[]> {
  return [
    ...(await refused(ctx)),
    ...(await unmergeable(ctx)),
    ...(await unmarked(ctx)),
    ...(await unfollowed(ctx)),
    ...(await outgrown(ctx)),
    ...(await displacedSurvivors(ctx)),
  ];
}

/** Of a chat that was read with its size. */
export function whyUnkeyable(model: ChatModel, chat: StoredDocument): string | null {
  const hasRoom = model.chats.keyField in chat || bytesIn(chat) + roomForKey(model) <= largestDocument;
  return hasRoom ? null : `its key could not be set: ${noRoom}`;
}

export function noteInvalid(invalid: InvalidByReason, reason: string, chat: NativeId): void {
  const known = invalid.get(reason) ?? { chats: 0, examples: [] };
  known.chats += 1;
  if (known.examples.length < examplesShown) known.examples.push(chat);
  invalid.set(reason, known);
}

async function refused(ctx: MigrationContext): Promise<readonly InvalidChats[]> {
  const found = await refusedByValidator(ctx);
  return found === null
    ? []
    : [{ reason: "the collection's validator would refuse it with a key", ...found }];
}

/** What merges would be stopped by, as far as that is to be seen. */
async function unmergeable(ctx: MigrationContext): Promise<readonly InvalidChats[]> {
  if (!(await hasMergeable(ctx))) return [];
  const { large, unarchivable } = await duplicateDifferences(ctx);
  const isAlone = idSet(unarchivable.map(({ id }) => id));
  const unselected = await unselectedSurvivors(ctx);
  const reasons = [
    [tooLargeToArchive, unarchivable.map(({ id }) => id)],
    [tooLargeReason(ctx.model), tooLarge(ctx.model, large).filter((id) => !isAlone.has(id))],
    [unselectedReason(ctx.model), unselected.filter((id) => !isAlone.has(id))],
  ] as const;
  return reasons.flatMap(([reason, chats]) =>
    chats.length === 0 ? [] : [{ reason, chats: chats.length, examples: chats.slice(0, examplesShown) }],
  );
}

async function unmarked(ctx: MigrationContext): Promise<readonly InvalidChats[]> {
  return (await refusedMerges(ctx)).map(({ collection, fields, ...found }) => ({
    reason: `the validator of ${collection} would refuse what a merge writes there: let ${fields.join(", ")} pass`,
    ...found,
  }));
}

async function unfollowed(ctx: MigrationContext): Promise<readonly InvalidChats[]> {
  return (await refusedToFollow(ctx)).map(({ collection, field, ...found }) => ({
    reason:
      `documents of ${collection} that refer to it (${field}) do not satisfy that collection's validator, so the server ` +
      "refuses to change them: put them right, or make it moderate",
    ...found,
  }));
}

async function outgrown(ctx: MigrationContext): Promise<readonly InvalidChats[]> {
  return (await outgrownDocuments(ctx)).map(({ collection, field, ...found }) => ({
    reason: `a document of ${collection} cannot follow it (${field}): ${noRoom}`,
    ...found,
  }));
}

async function displacedSurvivors(ctx: MigrationContext): Promise<readonly InvalidChats[]> {
  const parked: InvalidByReason = new Map();
  for (const { chat, holder } of await parkedSurvivors(ctx))
    noteInvalid(parked, heldBySurvivor(holder), chat._id);
  return [...parked].map(([reason, found]) => ({ reason, ...found }));
}
