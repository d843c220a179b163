import { z } from "zod";

const fieldPath = /^[^$.\0][^.\0]*(\.[^$.\0][^.\0]*)*$/;
const dbRefId = ".$id";
const mapKeys = ".$*";

/** Whether a name is a path of fields, such as `users` or `members.userId`, and no operator. */
export function isFieldPath(name: string): boolean {
  return fieldPath.test(name);
}

export const FieldPath = z.string().refine(isFieldPath, "a field path such as users or members.userId");

/** A field path that may end in the id of a DBRef. */
export const MemberPath = z
  .string()
  .refine(
    (path) => isFieldPath(withoutEnd(path, dbRefId)),
    "a field path such as users, members.userId or members.user.$id",
  );

/** A field path that may end in the id of a DBRef, or in the keys of a map. */
export const ReferencePath = z
  .string()
  .refine(
    (path) => isFieldPath(withoutEnd(withoutEnd(path, dbRefId), mapKeys)),
    "a field path such as chat, rooms.rid, chat.$id or lastRead.$*",
  )
  .refine(
    (path) => path.split(".")[0] !== "_id",
    "a reference inside _id cannot follow its chat: the server lets nobody change an _id",
  );

/** The map of a path that names the keys of one (`lastRead.$*`), or `null`. */
export function mapOfKeys(path: string): string | null {
  return path.endsWith(mapKeys) ? withoutEnd(path, mapKeys) : null;
}

/** The DBRef of a path that names its id (`chat.$id`), or `null`. */
export function dbRefOf(path: string): string | null {
  return path.endsWith(dbRefId) ? withoutEnd(path, dbRefId) : null;
}

/** Where an array of people is, and the id's path inside its elements if they are sub-documents. */
export interface ParticipantsPath {
  readonly array: string;
  readonly element: string | null;
}

/** `members.userId` is the field `userId` of the elements of `members`; a path without a dot is an array of ids. */
export function arrayPath(path: string): ParticipantsPath {
  const reference = dbRefOf(path);
  const dot = (reference ?? path).lastIndexOf(".");
  if (dot !== -1) return { array: path.slice(0, dot), element: path.slice(dot + 1) };
  return reference === null ? { array: path, element: null } : { array: reference, element: "$id" };
}

function withoutEnd(path: string, end: string): string {
  return path.endsWith(end) ? path.slice(0, -end.length) : path;
}

/** Whether one path is the other, or lies inside of it. */
export function overlaps(a: string, b: string): boolean {
  return a === b || isInside(a, b) || isInside(b, a);
}

/** Asked for each field of each call, so that no text is made for it. */
function isInside(path: string, outer: string): boolean {
  return path.length > outer.length && path[outer.length] === "." && path.startsWith(outer);
}

/** Whether none of these paths is or lies inside of another. */
export function areApart(paths: readonly string[]): boolean {
  return !paths.some((path, index) => paths.slice(0, index).some((other) => overlaps(path, other)));
}
