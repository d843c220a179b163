import { createRequire } from "node:module";
import { type Db, MongoClient } from "mongodb";
import { type BsonClasses, inCopy, majorOf, ownMajor, ownValues } from "./bson-copies.ts";
import { translated } from "./translated.ts";

/** A driver's database: of the copy that this package imports, or of another, such as that of Mongoose. */
export type AnyDb = Db | OtherDb;

/** What tells a database of another copy apart from what is none, as far as types can. */
export interface OtherDb {
  readonly databaseName: string;
  collection(name: string): { readonly collectionName: string };
  command(command: object): Promise<unknown>;
}

/** A database as this package uses it, and how what it has read of it is told to those whose database it is. */
export interface OwnDatabase {
  readonly db: Db;
  readonly told: <T>(value: T) => T;
}

/**
 * A driver refuses the values of another major version. So where the database is of one, all that is sent to it is made of
 * its own copy's values, and all that comes from it of ours.
 *
 * @throws TypeError when this is no database, or one of a driver that this package cannot use
 */
export function ownDatabase(db: AnyDb): OwnDatabase {
  const client = clientOf(db);
  const own: OwnDatabase = { db: db as Db, told: (value) => value };
  if (client instanceof MongoClient) return own;
  const driver = driverOf(client);
  const major = driver === undefined ? majorByMetadata(client) : majorOf(driver.BSON);
  refuseOther(client, major);
  if (major === ownMajor) return own;
  if (driver === undefined) throw new TypeError(notFound(major));
  const outward = (value: unknown): unknown => inCopy(value, driver.BSON, major);
  return {
    db: translated(own.db, { outward, inward: ownValues }),
    told: <T>(value: T): T => outward(value) as T,
  };
}

function clientOf(db: unknown): object {
  const isDb = typeof db === "object" && db !== null && "databaseName" in db && "collection" in db;
  if (!isDb)
    throw new TypeError(
      `this is no Db of the mongodb driver but ${described(db)}: pass client.db("name"), or mongoose.connection.db once it is connected`,
    );
  const client: unknown = Reflect.get(db, "client");
  if (typeof client === "object" && client !== null) return client;
  throw new TypeError(wrongVersion("older than 6"));
}

function described(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const name: unknown = typeof value === "object" ? value.constructor?.name : undefined;
  return typeof name === "string" ? `an object of class ${name}` : `a ${typeof value}`;
}

interface Driver {
  readonly BSON: BsonClasses;
}

const driverFile = /[\\/]mongodb[^\\/]*[\\/]lib[\\/]index\.js$/;

/** The module that a client's class is of: drivers are CommonJS, and those that have been loaded can be looked at. */
function driverOf(client: object): Driver | undefined {
  const loaded = Object.entries(createRequire(process.execPath).cache);
  for (const [file, module] of loaded) {
    if (!driverFile.test(file)) continue;
    const driver = module?.exports as Partial<Driver & { MongoClient: unknown }>;
    if (typeof driver.MongoClient === "function" && client instanceof driver.MongoClient)
      return driver.BSON === undefined ? undefined : (driver as Driver);
  }
  return undefined;
}

/** `[major, minor]` as drivers of version 6 and before tell the server; those of 7 keep it to themselves. */
function versionOf(client: object): readonly [number, number] | null {
  const { options } = client as {
    readonly options?: { readonly metadata?: { driver?: { version?: string } } };
  };
  const found = /^(\d+)\.(\d+)/.exec(options?.metadata?.driver?.version ?? "");
  return found === null ? null : [Number(found[1]), Number(found[2])];
}

function majorByMetadata(client: object): number {
  return versionOf(client)?.[0] ?? ownMajor;
}

/** Since this minor version what is read in bytes comes document by document. */
const oldest = { major: 6, minor: 8, newestMajor: 7 } as const;

function refuseOther(client: object, major: number): void {
  const version = versionOf(client);
  const isOld = version !== null && version[0] === oldest.major && version[1] < oldest.minor;
  if (major >= oldest.major && major <= oldest.newestMajor && !isOld) return;
  throw new TypeError(wrongVersion(version?.join(".") ?? (major === 0 ? "older than 6" : String(major))));
}

function wrongVersion(version: string): string {
  return `this Db is of the mongodb driver ${version}, and onechat needs ${oldest.major}.${oldest.minor} or newer of 6, or 7: update mongodb (with Mongoose, to 8.6 or newer), or pass the Db of a MongoClient of your own`;
}

function notFound(major: number): string {
  return `this Db is of the mongodb driver ${major}, onechat imports ${ownMajor}, and the former is bundled so that its classes cannot be found: install one version of mongodb for both, or leave mongodb out of the bundle`;
}
