import { BSON, type ObjectId } from "mongodb";
import { participantIdOrNull } from "../../../identity/participant-id.ts";
import type { ExactDocument } from "./exact-document.ts";

/** A stored value as `exactDocument` reads it: documents as maps, numbers with their types; `undefined` is absence. */
export type Exact = unknown;

export function isDocument(value: Exact): value is ExactDocument {
  return value instanceof Map;
}

/** The value at a path of documents; `undefined` behind anything that is none. */
export function exactAt(value: Exact, path: string): Exact {
  return path
    .split(".")
    .reduce((inner: Exact, name) => (isDocument(inner) ? inner.get(name) : undefined), value);
}

/**
 * A document with a value at a path, or without one. Nothing is written through what is no document, and no document is
 * made for nothing; null on the way says no more than absence.
 */
export function withExact(document: ExactDocument, path: string, value: Exact): ExactDocument {
  const [name = "", ...rest] = path.split(".");
  const held = document.get(name);
  if (rest.length === 0) return withField(document, name, value);
  if (isDocument(held)) return withField(document, name, withExact(held, rest.join("."), value));
  if (value === undefined || (held !== undefined && held !== null)) return document;
  return withField(document, name, withExact(new Map(), rest.join("."), value));
}

function withField(document: ExactDocument, name: string, value: Exact): ExactDocument {
  const changed = new Map(document);
  if (value === undefined) changed.delete(name);
  else changed.set(name, value);
  return changed;
}

/** Equal as the server sees it: numbers by their value, documents with their fields in order. */
export function isSame(a: Exact, b: Exact): boolean {
  if (a === b) return true;
  if (isDocument(a)) return isDocument(b) && areSameFields(a, b);
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((one, at) => isSame(one, b[at]));
  return isValue(a) && isValue(b) && isSameValue(a, b);
}

function isSameValue(a: Exact, b: Exact): boolean {
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (bsonType(a) === "ObjectId" && bsonType(b) === "ObjectId") return (a as ObjectId).equals(b as ObjectId);
  return contentText(a) === contentText(b);
}

/** Of a type of BSON's own, or a date. */
function isValue(value: Exact): boolean {
  return typeof value === "object" && value !== null && !isDocument(value) && !Array.isArray(value);
}

function areSameFields(a: ExactDocument, b: ExactDocument): boolean {
  if (a.size !== b.size) return false;
  const names = b.keys();
  for (const [name, value] of a) if (name !== names.next().value || !isSame(value, b.get(name))) return false;
  return true;
}

/** The same, or lists of the same elements. */
export function isSameInAnyOrder(a: Exact, b: Exact): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return isSame(a, b);
  const [these, those] = [a, b].map((list: readonly Exact[]) => list.map(contentText).toSorted().join("\n"));
  return these === those;
}

/** A text that is equal for what {@link isSame} calls equal. */
export function contentText(value: Exact): string {
  if (isDocument(value))
    return `{${[...value].map(([name, inner]) => `${JSON.stringify(name)}:${contentText(inner)}`).join()}}`;
  if (Array.isArray(value)) return `[${value.map(contentText).join()}]`;
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Date) return `date ${value.getTime()}`;
  switch (bsonType(value)) {
    case "Int32":
    case "Double":
      return String(Number(value) === 0 ? 0 : value);
    case "Long":
      return String(value);
    case "ObjectId":
      return `id ${String(value)}`;
    default:
      return BSON.EJSON.stringify(value, { relaxed: false });
  }
}

/** By which documents are told apart: ids in every form in which they may be stored; `null` where there is none. */
export function keyText(value: Exact): string | null {
  if (value === undefined || value === null) return null;
  const number = bsonType(value) === "Double" ? Number(value) : null;
  const id = participantIdOrNull(number ?? value);
  return id === null ? `value ${contentText(value)}` : `id ${id}`;
}

/** By its name, not by its class: an application may bring its own copy of the driver. */
export function bsonType(value: Exact): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, "_bsontype") : undefined;
}
