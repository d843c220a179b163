import type { Collection, Db, Document } from "mongodb";
import { withResolvers } from "../with-resolvers.ts";

export interface FreezingDatabase {
  readonly db: Db;
  /** Resolves once the process stands still. */
  readonly frozen: Promise<void>;
  /** Lets everything go out that has been waiting. */
  thaw(): void;
}

/**
 * The database as seen by a process that is frozen just before it sends a command, when everything that it looks at
 * beforehand has been looked at: the command goes out when it is thawed, and no heartbeat before that.
 */
export function freezingDatabase(real: Db, freezesBefore: (command: Document) => boolean): FreezingDatabase {
  const freezing = withResolvers();
  const thawing = withResolvers();
  let isFrozen = false;
  const command = async (body: Document, options?: Document): Promise<unknown> => {
    if (!isFrozen && freezesBefore(body)) {
      isFrozen = true;
      freezing.resolve();
    }
    if (isFrozen) await thawing.promise;
    return real.command(body, options);
  };
  const sends = async (send: () => unknown): Promise<unknown> => {
    if (isFrozen) await thawing.promise;
    return send();
  };
  const db = new Proxy(real, {
    get(target, property) {
      if (property === "command") return command;
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      if (property !== "collection") return member.bind(target) as unknown;
      return (name: string, options?: Document) =>
        heldBack(real.collection(name, options), heartbeats, sends);
    },
  });
  return { db, frozen: freezing.promise, thaw: thawing.resolve };
}

const heartbeats = new Set<string | symbol>(["updateOne", "findOneAndUpdate"]);

/** The collection as it is seen when these methods go out only when `sends` lets them. */
export function heldBack<T extends Document>(
  real: Collection<T>,
  methods: ReadonlySet<string | symbol>,
  sends: (send: () => unknown) => Promise<unknown>,
): Collection<T> {
  return new Proxy(real, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      if (!methods.has(property)) return member.bind(target) as unknown;
      return (...args: unknown[]) => sends(() => Reflect.apply(member, target, args) as unknown);
    },
  });
}
