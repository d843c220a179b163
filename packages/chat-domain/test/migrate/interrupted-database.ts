import type { Db, Document } from "mongodb";

/** The database as seen by a process before each of whose commands something else may happen. */
export function interruptedDatabase(real: Db, before: (command: Document) => Promise<unknown>): Db {
  return new Proxy(real, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      if (property !== "command") return member.bind(target) as unknown;
      return async (command: Document, options?: Document) => {
        await before(command);
        return real.command(command, options);
      };
    },
  });
}
