import { ChatError } from "@onechat/chat-domain";
import type { MongoServer } from "@onechat/mongo";
import type { Variant } from "../history/operation.ts";
import type { Admin } from "../variants/admin.ts";
import { prepareDatabase } from "../variants/prepare-database.ts";
import { NotStarted } from "./not-started.ts";
import { answeringAdmin, openDatabase } from "./open-database.ts";

/** A database server that answers, and how the databases of a run are called there. */
export interface Ground extends AsyncDisposable {
  readonly mongo: MongoServer;
  readonly admin: Admin;
  /** `ours`, `raw` …: a variant's own database, or that of a scene. */
  readonly databaseOf: (label: string) => string;
  /** Drops every database that was named. */
  readonly dropAll: () => Promise<void>;
}

export interface GroundSetting {
  /** An existing MongoDB, or `null`. */
  readonly uri: string | null;
  /** Where the data of an engine of our own is kept; `null`: thrown away at the end. */
  readonly keepIn: string | null;
  readonly run: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onNotice: (line: string) => void;
}

/** @throws NotStarted when there is no database that answers */
export async function openGround({ run, ...setting }: GroundSetting): Promise<Ground> {
  const mongo = await openDatabase(setting);
  try {
    const admin = await answeringAdmin(mongo.uri);
    const named = new Set<string>();
    return {
      mongo,
      admin,
      databaseOf(label) {
        const name = `stress_${run}_${label}`;
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
  } catch (error) {
    await mongo[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Makes the database of each variant as the variant wants it.
 *
 * @throws NotStarted when onechat refuses to work with what it finds
 */
export async function prepareVariants(
  { admin, databaseOf }: Ground,
  variants: readonly Variant[],
): Promise<void> {
  for (const variant of variants) {
    try {
      await prepareDatabase(admin.db(databaseOf(variant)), variant);
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      throw new NotStarted(`onechat refuses to start: ${error.code}, ${error.message}`, { cause: error });
    }
  }
}
