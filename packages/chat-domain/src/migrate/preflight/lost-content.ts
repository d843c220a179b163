import type { ChatModel } from "../../model/chat-model.ts";
import { isFieldPath } from "../../model/field-path.ts";
import { participantPaths, participantsPath } from "../../model/participants-place.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { mergeable } from "./duplicate-sets.ts";
import { type Difference, type DuplicateDifferences, duplicateDifferences } from "./duplicate-differences.ts";
import { misfitText } from "./fold-misfits.ts";
import { nothingFound, type PreflightReport } from "./findings.ts";
import type { Repeated } from "./repeated-elements.ts";

/** What a merge would take out of sight, before it does. Costs a pass over the chats while there are some to be merged. */
export async function lostContent(ctx: MigrationContext): Promise<PreflightReport> {
  return (await hasMergeable(ctx))
    ? lostContentReport(ctx.model, await duplicateDifferences(ctx))
    : nothingFound;
}

/** Who has a key is never merged away. */
export async function hasMergeable({ chats, model }: MigrationContext): Promise<boolean> {
  const keyless = { $and: [mergeable(model), { [model.chats.keyField]: { $exists: false } }] };
  return (await chats.findOne(keyless, { projection: { _id: 1 } })) !== null;
}

function lostContentReport(model: ChatModel, found: DuplicateDifferences): PreflightReport {
  const { differences, missingTargets, repeated, misfits, alone, outranked, texts } = found;
  return {
    problems: [
      ...misfits.map((misfit) => misfitText(misfit, model.chats.collection)),
      ...differences.filter(({ isLost }) => isLost).map(lostText),
      ...missingTargets.map(
        ({ field, duplicates, example }) =>
          `${duplicates} ${isAre(duplicates, "duplicate has", "duplicates have")} no ${field}, or no survivor's (such as ${String(example)}), ` +
          "which a reference refers to: nothing tells what belongs to them, or cannot follow",
      ),
    ],
    warnings: [
      ...(outranked === null ? [] : [outrankedText(outranked)]),
      ...(texts === null ? [] : [textsText(texts)]),
      ...(alone.sets === 0 ? [] : [aloneText(model, alone)]),
      ...differences.filter(({ isLost }) => !isLost).map((difference) => differenceText(model, difference)),
      ...repeated.map(repeatedText),
    ],
  };
}

function lostText({ path, duplicates, example }: Difference): string {
  // Nothing folds under a name that no path could say.
  const wayOut = isFieldPath(path) ? `name ${path} in "fold", or in "ignore"` : `name "${path}" in "ignore"`;
  return (
    `${duplicates} ${isAre(duplicates, "duplicate has", "duplicates have")} elements in ${path || '""'} that the survivor lacks ` +
    `(such as ${String(example)}), and nobody would see them any more: ${wayOut}`
  );
}

function repeatedText({ path, by, duplicates, example }: Repeated): string {
  return (
    `${duplicates} ${isAre(duplicates, "duplicate has", "duplicates have")} several elements in ${path} with one ${by} ` +
    `(such as ${String(example)}): the first of them counts, and the others stay out of sight`
  );
}

function outrankedText({ sets, example }: NonNullable<DuplicateDifferences["outranked"]>): string {
  return (
    `${sets} ${isAre(sets, "set of people has a chat", "sets of people have a chat")} that "survivor" puts before the one that holds ` +
    `their key (such as ${String(example)}): who holds the key stays, and the other is merged into it`
  );
}

function textsText({ duplicates, example }: NonNullable<DuplicateDifferences["texts"]>): string {
  return (
    `${duplicates} ${isAre(duplicates, "duplicate has", "duplicates have")} a text for an _id, and a survivor that has none ` +
    `(such as ${String(example)}): what refers to it by that text gets the survivor's _id as it is stored, not its text. Where ` +
    'a field holds ids as text only, let such chats survive: "survivor": [{ "where": { "_id": { "$type": "string" } } }]'
  );
}

/** What a field that tells kinds of chats apart is often called. */
const kind = /^(t|type|kind|category|variant)$|type$|kind$|^is[A-Z_]|group|direct|private|channel/i;

function differenceText(model: ChatModel, { path, duplicates, example }: Difference): string {
  const text =
    `${duplicates} ${isAre(duplicates, "duplicate differs from its survivor", "duplicates differ from their survivors")} ` +
    `in ${path} (such as ${String(example)})`;
  const isKind = kind.test(path.split(".").at(-1) ?? "") && !(path in model.chats.where);
  return isKind
    ? `${text}: if ${path} says what kind of chat it is, "where" has to select one kind, or chats of different kinds become one`
    : `${text}: the survivor's stays; name ${path} in "fold", or in "ignore" if that is right`;
}

function aloneText(model: ChatModel, { sets, chats }: DuplicateDifferences["alone"]): string {
  return (
    `${chats} chats are of one person alone, ${isAre(sets, "who has", "who have")} several (${sets} in all): if they are ` +
    `left of accounts that were deleted, keep them apart with ${apartText(model)}`
  );
}

/** A `where` that selects chats of two different people only. */
function apartText(model: ChatModel): string {
  const path = participantsPath(model);
  const [first, second] = participantPaths(model);
  return path === null
    ? `"where": { "$expr": { "$ne": ["$${first}", "$${second}"] } }`
    : `"where": { "${path.array}": { "$size": 2 } }`;
}

function isAre(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}
