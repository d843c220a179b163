import type { Collection, Db, Document } from "mongodb";

/** A process that has died sends nothing more, whatever its code still wants to do. */
export class ProcessDied extends Error {
  override readonly name = "ProcessDied";
}

export interface DyingDatabase {
  readonly db: Db;
  /** Single writes that have reached the server. */
  writes(): number;
  /** Nothing that was sent before the death is still to come: what comes after it, comes after it. */
  atRest(): Promise<void>;
}

/** Statements of a command that are writes of their own: the process may die between any two of them. */
const statementsOf = ["updates", "documents", "deletes"] as const;
const wholeCommands = new Set(["createIndexes", "dropIndexes", "collMod"]);

/**
 * The database as seen by a process that dies right after its so-many-th write: a bulk is cut there, and `die` is
 * called once the server has answered. Counts only, where `die` is never reached.
 */
export function dyingDatabase(real: Db, dieAfter: number, die: () => never): DyingDatabase {
  let writes = 0;
  let dead = false;
  const underWay = new Set<Promise<unknown>>();
  const atRest = async (): Promise<void> => void (await Promise.allSettled(underWay));
  const alive = (): void => {
    if (dead) throw new ProcessDied();
  };
  const counted = async (count: number, send: (allowed: number) => Promise<unknown>): Promise<unknown> => {
    alive();
    const allowed = Math.min(count, dieAfter - writes);
    if (allowed > 0) {
      writes += allowed;
      const sent = send(allowed);
      underWay.add(sent);
      const result = await sent.finally(() => underWay.delete(sent));
      if (writes < dieAfter) return result;
      dead = true;
    }
    await atRest();
    return allowed > 0 ? die() : Promise.reject(new ProcessDied());
  };
  const command = (body: Document, options?: Document): Promise<unknown> => {
    const list = statementsOf.find((name) => Array.isArray(body[name]));
    if (list !== undefined) {
      const statements = body[list] as readonly unknown[];
      return counted(statements.length, (allowed) =>
        real.command({ ...body, [list]: statements.slice(0, allowed) }, options),
      );
    }
    const name = Object.keys(body)[0] ?? "";
    const merges = name === "aggregate" && JSON.stringify(body["pipeline"]).includes("$merge");
    if (merges || wholeCommands.has(name)) return counted(1, () => real.command(body, options));
    alive();
    return real.command(body, options);
  };
  const collection = (name: string, options?: Document): unknown =>
    forwarding(real.collection(name, options), { alive, counted });
  const db = new Proxy(real, {
    get(target, property) {
      if (property === "command") return command;
      if (property === "collection") return collection;
      const member: unknown = Reflect.get(target, property, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
  return { db, writes: () => writes, atRest };
}

/** What a process that dies after so many writes has come to. */
export interface Death {
  readonly writes: number;
  /** Whether it has come so far. */
  readonly died: boolean;
}

/** Runs `work` in a process that dies after so many writes. */
export async function dyingAfter(
  real: Db,
  dieAfter: number,
  work: (db: Db) => Promise<unknown>,
): Promise<Death> {
  const dying = dyingDatabase(real, dieAfter, () => {
    throw new ProcessDied();
  });
  const died = await work(dying.db).then(
    () => false,
    (error: unknown) => {
      if (error instanceof ProcessDied) return true;
      throw error;
    },
  );
  await expireLease(real);
  return { writes: dying.writes(), died };
}

/** The dead process's lease runs out, with nobody waiting for it; a heartbeat that is still on its way finds it no more. */
async function expireLease(db: Db): Promise<void> {
  await db
    .collection("migrator_locks")
    .updateMany({ owner: { $ne: "" } }, { $set: { owner: "died", leaseUntil: new Date(0) } });
}

interface Watch {
  alive(): void;
  counted(count: number, send: (allowed: number) => Promise<unknown>): Promise<unknown>;
}

const writingMethods = new Set<string | symbol>(["updateOne", "findOneAndUpdate", "insertOne", "deleteOne"]);

function forwarding(real: Collection, watch: Watch): Collection {
  return new Proxy(real, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      if (!writingMethods.has(property)) {
        return (...args: unknown[]) => {
          watch.alive();
          return Reflect.apply(member, target, args) as unknown;
        };
      }
      return (...args: unknown[]) =>
        watch.counted(1, () => Reflect.apply(member, target, args) as Promise<unknown>);
    },
  });
}
