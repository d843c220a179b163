import { type ChatClient, createChatClient } from "@onechat/chat-client";
import type { AskedPeople, ChatStore, OpenStore } from "../variants/chat-store.ts";
import { warmUpOf } from "../variants/warm-up.ts";
import { tokenOf } from "./tokens.ts";

/** API processes, and how to talk to them. */
export interface HttpPlace {
  readonly urls: readonly string[];
  readonly secret: string;
  readonly timeoutMs: number;
  /** Whether calls of one tick share a request. */
  readonly batch: boolean;
}

const connectionsPerUrl = 24;

/**
 * The typed client with real tokens, taking the API processes in turn. It repeats nothing by itself: a repetition is a
 * call of its own. Alone, every person has a client; calls can only share requests if a service makes them all.
 */
export async function openHttp(place: HttpPlace): Promise<OpenStore> {
  const clients = clientsOf(place);
  if (place.batch) await clients.introduce("service");
  const clientFor = ({ participants }: AskedPeople): ChatClient =>
    clients.next(place.batch ? "service" : (participants[0] ?? ""));
  const store: ChatStore = {
    async ensure(people) {
      const { chat, created } = await clientFor(people).chat.createOrGet.mutate(inputOf(people));
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
  };
  return {
    ...store,
    async prepare(callers) {
      if (!place.batch) await Promise.all(callers.map((caller) => clients.introduce(caller)));
    },
    async warmUp() {
      const people = { participants: ["warm-up", "service"], scope: "" };
      await Promise.all(people.participants.map((caller) => clients.introduce(caller)));
      await warmUpOf(store, { poolSize: connectionsPerUrl * place.urls.length, people })();
    },
    writesSent: () => null,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function inputOf({ participants, scope }: AskedPeople): { participants: string[]; scope?: string } {
  return { participants: [...participants], ...(scope === "" ? {} : { scope }) };
}

interface Clients {
  /** Makes clients for somebody, with a token for the time of the run. */
  introduce(person: string): Promise<void>;
  /** The clients of one person in turn, one per API process. */
  next(person: string): ChatClient;
}

function clientsOf({ urls, secret, timeoutMs, batch }: HttpPlace): Clients {
  const byPerson = new Map<string, readonly ChatClient[]>();
  let turn = 0;
  return {
    async introduce(person) {
      if (byPerson.has(person)) return;
      const token = await tokenOf({ secret }, person, batch ? "chat:any" : null);
      byPerson.set(
        person,
        urls.map((url) => createChatClient({ url, token, timeoutMs, retries: 0, batch })),
      );
    },
    next(person) {
      turn += 1;
      const client = byPerson.get(person)?.[turn % urls.length];
      if (client === undefined) throw new Error(`nobody has introduced ${person}`);
      return client;
    },
  };
}
