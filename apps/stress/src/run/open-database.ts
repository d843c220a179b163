import { type MongoServer, openMongo } from "@onechat/mongo";
import { type Admin, openAdmin } from "../variants/admin.ts";
import { NotStarted } from "./not-started.ts";

export interface DatabaseSetting {
  readonly uri: string | null;
  readonly keepIn: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onNotice: (line: string) => void;
}

/**
 * The database of a run: the given one, or one of our own that may be killed.
 *
 * @throws NotStarted when there is none on this machine
 */
export async function openDatabase({ uri, keepIn, env, onNotice }: DatabaseSetting): Promise<MongoServer> {
  const own = keepIn === null ? {} : { dir: keepIn };
  try {
    return uri === null
      ? await openMongo({ purpose: "start", env, onNotice, ...own })
      : await openMongo({ purpose: "start", env: { ...env, MONGODB_URI: uri }, provider: "uri", onNotice });
  } catch (cause) {
    throw new NotStarted(messageOf(cause), { cause });
  }
}

/**
 * A connection to a database that has answered.
 *
 * @throws NotStarted when it does not answer, or is no MongoDB
 */
export async function answeringAdmin(uri: string): Promise<Admin> {
  try {
    const admin = openAdmin(uri);
    try {
      await admin.ping();
      return admin;
    } catch (error) {
      await admin[Symbol.asyncDispose]();
      throw error;
    }
  } catch (cause) {
    throw new NotStarted(`the database at ${hostsOf(uri)} does not answer: ${messageOf(cause)}`, { cause });
  }
}

/** Without user and password. */
export function hostsOf(uri: string): string {
  return /^mongodb(?:\+srv)?:\/\/(?:[^/?]*@)?([^/?]*)/i.exec(uri)?.[1] ?? "";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
