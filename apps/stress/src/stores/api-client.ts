import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type ChatClient, createChatClient } from "@onechat/chat-client";
import { SignJWT } from "jose";
import type { Opened } from "./open-store.ts";
import type { People } from "./store.ts";

/** Who vouches for the people who call: a secret that the API believes, or a command that prints a token. */
export type Tokens = { readonly secret: string } | { readonly command: string };

export interface ApiPlace {
  readonly urls: readonly string[];
  readonly tokens: Tokens;
  readonly timeoutMs: number;
  /** Whether calls of one tick share a request. */
  readonly batch: boolean;
}

const issuer = "onechat";
const lifetime = "12h";
/** More at once would only wait for each other. */
const commandsAtOnce = 8;
/** Acts for others, where calls share a request. */
const service = "service";

/**
 * The typed client with real tokens, taking the API processes in turn. It repeats nothing by itself: a repetition is a
 * call of its own. Alone, every person has a client; calls can only share requests if a service makes them all.
 */
export function openApiClient({ urls, tokens, timeoutMs, batch }: ApiPlace): Opened {
  const clients = new Map<string, readonly ChatClient[]>();
  let turn = 0;
  // A token of a command has its price: of every set the one who sorts first calls, who may be in many.
  const callerOf = (participants: readonly string[]): string => {
    if (batch) return service;
    return ("secret" in tokens ? participants[0] : participants.toSorted()[0]) ?? "";
  };
  const clientFor = ({ participants }: People): ChatClient => {
    const person = callerOf(participants);
    turn += 1;
    const client = clients.get(person)?.[turn % urls.length];
    if (client === undefined) throw new Error(`nobody has introduced ${person}`);
    return client;
  };
  return {
    async prepare(sets) {
      const people = [...new Set(sets.map(callerOf))];
      const unknown = people.filter((person) => !clients.has(person));
      const introduce = async (): Promise<void> => {
        for (let person = unknown.pop(); person !== undefined; person = unknown.pop()) {
          const token = await tokenOf(tokens, person, batch);
          clients.set(
            person,
            urls.map((url) => createChatClient({ url, token, timeoutMs, retries: 0, batch })),
          );
        }
      };
      await Promise.all(Array.from({ length: commandsAtOnce }, introduce));
    },
    store: {
      async ensure(people, { signal } = {}) {
        const options = signal === undefined ? {} : { signal };
        const { chat, created } = await clientFor(people).chat.createOrGet.mutate(inputOf(people), options);
        return { id: chat.id, created };
      },
      async find(people) {
        const chat = await clientFor(people).chat.find.query(inputOf(people));
        return chat?.id ?? null;
      },
      async resolve(id, people) {
        const chat = await clientFor(people).chat.get.query({ id });
        return chat.id;
      },
      scopes: true,
    },
  };
}

function inputOf({ participants, scope }: People): { participants: string[]; scope?: string } {
  return { participants: [...participants], ...(scope === "" ? {} : { scope }) };
}

/** @throws Error with what the command said when it failed */
async function tokenOf(tokens: Tokens, person: string, isService: boolean): Promise<string> {
  if ("secret" in tokens)
    return new SignJWT(isService ? { scope: "chat:any" } : {})
      .setProtectedHeader({ alg: "HS256" })
      .setSubject(person)
      .setIssuer(issuer)
      .setAudience(issuer)
      .setExpirationTime(lifetime)
      .sign(new TextEncoder().encode(tokens.secret));
  // As an argument: no id can break out of the command.
  const command = tokens.command.replaceAll("{person}", '"$1"');
  const { stdout } = await promisify(execFile)("sh", ["-c", command, "sh", person]);
  const token = stdout.trim();
  if (token === "") throw new Error(`the token command printed nothing for ${person}`);
  return token;
}
