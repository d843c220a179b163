import { deserialize, serialize } from "bson";

/** What the host has to know about a command. */
export interface WireCommand {
  readonly name: string;
  /** It may change data. */
  readonly writes: boolean;
  /** Its answer promises that what it wrote survives a crash. */
  readonly promisesDurability: boolean;
  /** Its answer may only show what survives a crash. */
  readonly showsDurableOnly: boolean;
}

/** Everything that is not listed here counts as a write. */
const readCommands: ReadonlySet<string> = new Set(
  (
    "find aggregate count distinct getMore killCursors explain dbHash validate " +
    "hello isMaster ismaster ping buildInfo buildinfo connectionStatus whatsmyip listCommands " +
    "listCollections listIndexes listDatabases serverStatus dbStats collStats currentOp " +
    "getParameter getLog hostInfo saslStart saslContinue"
  ).split(" "),
);

/** The engine has no session store, and most of these take it down with them. */
const sessionCommands: ReadonlySet<string> = new Set(
  "startSession endSessions refreshSessions killSessions killAllSessions killAllSessionsByPattern".split(" "),
);

/** Most of what a bulk consists of, and nothing that says what it is: left unparsed. */
const bulkFields = { updates: true, documents: true, deletes: true };

export function wireCommand(body: Buffer): WireCommand {
  // Whether a text or a pattern is well-formed is for the engine to say.
  const command = deserialize(body, {
    validation: { utf8: false },
    bsonRegExp: true,
    fieldsAsRaw: bulkFields,
  });
  const name = Object.keys(command)[0] ?? "";
  const writes = mayWrite(name, command["pipeline"]);
  return {
    name,
    writes,
    promisesDurability: writes && isJournaled(command["writeConcern"]),
    // The batches after the first do not repeat the read concern.
    showsDurableOnly: !writes && (name === "getMore" || showsMajority(command["readConcern"])),
  };
}

/** Whether a command may change data: one that nobody has heard of may. */
export function mayWrite(name: string, pipeline: unknown): boolean {
  return !readCommands.has(name) || writesItsOutput(pipeline);
}

/** The error document for a command that must not reach the engine, or `null`. */
export function refusal({ name }: WireCommand): Uint8Array | null {
  if (!sessionCommands.has(name)) return null;
  return serialize({ ok: 0, code: 59, codeName: "CommandNotFound", errmsg: `no such command: '${name}'` });
}

function isJournaled(writeConcern: unknown): boolean {
  if (typeof writeConcern !== "object" || writeConcern === null) return false;
  const { w, j } = writeConcern as { readonly w?: unknown; readonly j?: unknown };
  return j === true || w === "majority";
}

function showsMajority(readConcern: unknown): boolean {
  if (typeof readConcern !== "object" || readConcern === null) return false;
  const { level } = readConcern as { readonly level?: unknown };
  return level === "majority" || level === "linearizable" || level === "snapshot";
}

function writesItsOutput(pipeline: unknown): boolean {
  const last: unknown = Array.isArray(pipeline) ? pipeline.at(-1) : null;
  return typeof last === "object" && last !== null && ("$out" in last || "$merge" in last);
}
