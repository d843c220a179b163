import type { WireRequest } from "../wire/wire-request.ts";
import type { CommandSelection } from "./rule.ts";

/** A command as the driver sent it, read and write concern, session and transaction number included. */
export type SeenCommand = Pick<WireRequest, "name" | "database" | "collections" | "command">;

/** What the driver sends of itself, and nobody means who does not name it. */
const ownCommands: ReadonlySet<string> = new Set([
  "hello",
  "saslStart",
  "saslContinue",
  "endSessions",
  "killCursors",
]);

/** Whether a command is one of those that are meant. */
export function selects(
  { commands, collections, matches }: CommandSelection,
  { name, collections: named, command }: SeenCommand,
): boolean {
  if (commands === undefined ? ownCommands.has(name) : !commands.includes(name)) return false;
  if (collections !== undefined && !named.some((collection) => collections.includes(collection)))
    return false;
  return matches === undefined || matches(command);
}

/** What came through, in the order in which it arrived. */
export interface SeenCommands {
  add(request: WireRequest): void;
  /** @throws Error when not everything is remembered any more */
  selected(selection: CommandSelection): readonly SeenCommand[];
}

/** @param remember how many of the newest are kept */
export function seenCommands(remember: number): SeenCommands {
  const seen: SeenCommand[] = [];
  let count = 0;
  return {
    add({ name, database, collections, command }) {
      count += 1;
      if (remember > 0) seen.push({ name, database, collections, command });
      if (seen.length > remember) seen.shift();
    },
    selected(selection) {
      if (count > seen.length)
        throw new Error(`of ${count} commands the last ${seen.length} are remembered: give more to remember`);
      return seen.filter((each) => selects(selection, each));
    },
  };
}
