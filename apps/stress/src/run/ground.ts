import { ChatError } from "@onechat/chat-domain";
import { type MongoServer, openMongo } from "@onechat/mongo";
import type { Variant } from "../history/operation.ts";
import { type Admin, openAdmin } from "../stores/admin.ts";
import { prepareDatabase } from "../stores/databases.ts";
import { messageOf, RunStopped } from "./stopped.ts";

/** A database server that answers, and how the databases of a run are called there. */
export interface Ground extends AsyncDisposable {
  readonly mongo: MongoServer;
  readonly admin: Admin;
  /** `ours`, `raw` …: a variant's own database, or that of a scene. */
  readonly databaseOf: (label: string) => string;
  readonly dropAll: () => Promise<void>;
}

export interface GroundSetting {
  /** An existing MongoDB, or `null`: one of our own, that may be killed. */
  readonly uri: string | null;
  /** Where the data of an engine of our own is kept; `null`: thrown away at the end. */
  readonly keepIn: string | null;
  readonly run: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onNotice: (line: string) => void;
}

export async function openGround(setting: GroundSetting): Promise<Ground> {
  const mongo = await openDatabase(setting);
  const admin = await answeringAdmin(mongo);
  const named = new Set<string>();
  return {
    mongo,
    admin,
    databaseOf(label) {
      const name = `stress_${setting.run}_${label}`;
      named.add(name);
      return name;
    },
    async dropAll() {
      for (const name of named) await admin.drop(name);
    },
    async [Symbol.asyncDispose]() {
      await admin[Symbol.asyncDispose]();
      await mongo[Symbol.asyncDispose]();
    },
  };
}

async function openDatabase({ uri, keepIn, env, onNotice }: GroundSetting): Promise<MongoServer> {
  try {
    return uri === null
      ? await openMongo({ purpose: "start", env, onNotice, ...(keepIn === null ? {} : { dir: keepIn }) })
      : await openMongo({ purpose: "start", env: { ...env, MONGODB_URI: uri }, provider: "uri", onNotice });
  } catch (cause) {
    throw new RunStopped(messageOf(cause), { cause });
  }
}

/** A connection to a database that has answered; one that does not is closed. */
async function answeringAdmin(mongo: MongoServer): Promise<Admin> {
  let admin: Admin | null = null;
  try {
    admin = openAdmin(mongo.uri);
    await admin.ping();
    return admin;
  } catch (cause) {
    await admin?.[Symbol.asyncDispose]();
    await mongo[Symbol.asyncDispose]();
    const why = messageOf(cause);
    throw new RunStopped(`the database at ${hostsOf(mongo.uri)} does not answer: ${why}`, { cause });
  }
}

/** Without user and password. */
function hostsOf(uri: string): string {
  return /^mongodb(?:\+srv)?:\/\/(?:[^/?]*@)?([^/?]*)/i.exec(uri)?.[1] ?? "";
}

/**
 * Makes the database of each variant as the variant wants it.
 *
 * @throws RunStopped when onechat refuses to work with what it finds
 */
export async function prepareVariants(
  { admin, databaseOf }: Ground,
  variants: ReadonlySet<Variant>,
): Promise<void> {
  for (const variant of variants) {
    try {
      await prepareDatabase(admin.db(databaseOf(variant)), variant);
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      throw new RunStopped(`onechat refuses to start: ${error.code}, ${error.message}`, { cause: error });
    }
  }
}
