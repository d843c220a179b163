/** What JSON shows of a value: ids of every BSON type as their text, dates in ISO form, absent fields left out. */
function plainJson(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (isBson(value)) return value.toString();
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plainJson(field)]));
}

function isBson(value: object): value is { readonly _bsontype: string; toString(): string } {
  return "_bsontype" in value;
}

export function jsonLine(value: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(plainJson(value))}\n`;
}
