/** A database somebody named, and where: `MONGODB_DB`, a flag, a file. */
export interface NamedDatabase {
  readonly name: string;
  readonly place: string;
}

/** The database of a connection string that names none of its own. */
export const defaultDatabase = "onechat";

/** An `@` in it belongs to a password with a slash: the driver complains, and nobody repeats it. */
const pathOf = /^mongodb(?:\+srv)?:\/\/[^/?]*\/([^?@]*)(?:\?|$)/i;

/**
 * The database to work with: the one that the connection string names, as the driver reads it, or the one that was named
 * beside it. Two that contradict each other are a problem, in words without a secret; but `admin` beside another one only
 * says where users are looked up.
 *
 * @example
 * ```ts
 * import { databaseFor } from "@onechat/chat-domain/connect";
 *
 * databaseFor("mongodb://127.0.0.1:27017/shop", null); // { database: "shop" }
 * databaseFor("mongodb://127.0.0.1:27017/shop", { name: "app", place: "MONGODB_DB" }); // a problem
 * ```
 */
export function databaseFor(
  uri: string,
  named: NamedDatabase | null,
): { readonly database: string } | { readonly problem: string } {
  const inUri = decoded(pathOf.exec(uri)?.[1] ?? "");
  for (const { name, place } of [
    { name: inUri, place: "the connection string" },
    ...(named === null ? [] : [named]),
  ])
    if (notInNames.test(name) || name.length > longestName) return { problem: noName(name, place) };
  if (named === null) return databaseOf(inUri);
  if (["", "admin", named.name].includes(inUri)) return { database: named.name };
  return {
    problem: `${named.place}: names the database ${named.name}, but the connection string names ${inUri}; name one`,
  };
}

const longestName = 63;
/** A line's end that came with a secret would be part of the name, and another database be made. */
const notInNames = /[\s\0/\\."$*<>:|?]/;

function noName(name: string, place: string): string {
  return `${place}: ${JSON.stringify(name)} is no name of a database, which has at most 63 characters, no white space, and none of /\\."$*<>:|?`;
}

function databaseOf(inUri: string): ReturnType<typeof databaseFor> {
  if (inUri === "admin") return { problem: onlyAdmin };
  return { database: inUri === "" ? defaultDatabase : inUri };
}

const onlyAdmin =
  "the connection string names admin, where the server keeps its users: say with MONGODB_DB where the chats are";

/** What is no proper escape the driver will complain about. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
