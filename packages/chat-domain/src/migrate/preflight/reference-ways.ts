import type { Document } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import { mapOfKeys } from "../../model/field-path.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { nestedValue } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { uniqueReferenceIndexes } from "./reference-indexes.ts";

/** A document in which so many arrays lie in each other on the way to the ids of a reference. */
export interface Way {
  readonly arrays: number;
  /** Whether there are ids in documents of an array that is itself an element of one: no index finds them. */
  readonly isHidden: boolean;
  readonly example: NativeId;
}

/** Of an array the first ones tell enough. */
const mostElements = 300;

/** How many arrays lie in each other on a path. */
export function arraysOnWay(value: unknown, path: readonly string[]): number {
  if (Array.isArray(value))
    return value
      .slice(0, mostElements)
      .reduce<number>((most, element) => Math.max(most, 1 + arraysOnWay(element, path)), 1);
  const [name, ...rest] = path;
  return name === undefined ? 0 : arraysOnWay(nestedValue(value, name) ?? null, rest);
}

/** What the server finds at no path, though this leads there: documents of an array that is an element of an array. */
export function isHiddenOnWay(value: unknown, path: readonly string[], isHidden = false): boolean {
  if (Array.isArray(value))
    return value
      .slice(0, mostElements)
      .some((element) =>
        isHiddenOnWay(element, path, isHidden || (path.length > 0 && Array.isArray(element))),
      );
  const [name, ...rest] = path;
  if (name !== undefined) return isHiddenOnWay(nestedValue(value, name), rest, isHidden);
  return isHidden && value !== undefined && value !== null && value !== "";
}

/** A filter that finds some of these. */
export function hiddenOnWay(path: readonly string[]): readonly Document[] {
  return path.slice(1).map((_, at) => {
    const [prefix, rest] = [path.slice(0, at + 1), path.slice(at + 1)].map((names) => names.join("."));
    return { [prefix ?? ""]: { $elemMatch: { $elemMatch: { [rest ?? ""]: { $exists: true } } } } };
  });
}

/** Keys of maps are found in documents only, and ids in arrays of documents. */
export function lostOnTheWay({ collection, field }: ReferenceModel, ways: readonly Way[]): string | null {
  const hidden = ways.find(({ isHidden }) => isHidden);
  if (hidden !== undefined)
    return (
      `${collection}.${field} leads into an array that is itself an element of an array (such as in ${String(hidden.example)}), ` +
      'where no query finds an id, so nothing there would follow its chat: write these documents into one array, or "leave": ' +
      "true leaves them as they are"
    );
  const map = mapOfKeys(field);
  const way = ways.find(({ arrays }) => arrays > 0);
  if (map === null || way === undefined) return null;
  return (
    `${collection}.${map} lies in an array, or is one (such as in ${String(way.example)}), and the keys of maps there follow ` +
    'no chat: "leave": true leaves them as they are'
  );
}

/** Where less follows, or goes back, than the configuration seems to say. */
export async function waysToMind(
  ctx: MigrationContext,
  reference: ReferenceModel,
  ways: readonly Way[],
): Promise<readonly string[]> {
  const { collection, field, onConflict } = reference;
  const nested = ways.find(({ arrays }) => arrays > 1);
  const isOfRows = mapOfKeys(field) === null && ways.length > 0 && ways.every(({ arrays }) => arrays === 0);
  const isIdle =
    onConflict !== undefined && isOfRows && (await uniqueReferenceIndexes(ctx, reference)).length === 0;
  return [
    ...(nested === undefined
      ? []
      : [
          `${collection}.${field} leads through an array in an array (such as in ${String(nested.example)}): a rollback gives ` +
            "back what has followed a chat there only where nobody has written the field since",
        ]),
    ...(isIdle
      ? [
          `${collection} has no unique index that holds ${field}, so none of its documents stands in the way of another, and ` +
            `"onConflict" does nothing: where two chats have a document each, both stay`,
        ]
      : []),
  ];
}
