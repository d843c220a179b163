import { setTimeout as sleep } from "node:timers/promises";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { until } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { type ChatClient, createChatClient } from "../src/index.ts";
import { type ApiProcess, apiProcess } from "./api-process.ts";

function env(): Record<string, string> {
  return { MONGODB_URI: testMongo().uri, MONGODB_DB: databaseName("restart"), DRAIN_MS: "500" };
}

/** Callers that never stop asking, for chats that exist and for new ones; what they were given and what went wrong. */
function traffic(client: ChatClient): {
  readonly ids: ReadonlyMap<string, ReadonlySet<string>>;
  /** By whom was asked for. */
  readonly errors: readonly { readonly friend: string; readonly code: unknown }[];
  /** Resolves once so many more chats have been made. */
  more(chats: number): Promise<unknown>;
  stop(): Promise<void>;
} {
  const ids = new Map<string, Set<string>>();
  const errors: { friend: string; code: unknown }[] = [];
  const stopped = new AbortController();
  const callers = Array.from({ length: 16 }, async (_, caller) => {
    for (let call = 0; !stopped.signal.aborted; call += 1) {
      const friend = call % 2 === 0 ? `hot-${call % 10}` : `${caller}-${call}`;
      try {
        const { chat } = await client.chat.createOrGet.mutate({ participants: [friend] });
        ids.set(friend, (ids.get(friend) ?? new Set()).add(chat.id));
      } catch (error) {
        errors.push({ friend, code: codeOf(error) });
      }
      await sleep(10);
    }
  });
  return {
    ids,
    errors,
    more(chats) {
      const wanted = ids.size + chats;
      return until(`${chats} more chats`, () => ids.size >= wanted, { withinMs: 240_000 });
    },
    async stop() {
      stopped.abort();
      await Promise.all(callers);
    },
  };
}

function codeOf(error: unknown): unknown {
  for (let cause = error; cause instanceof Error; { cause } = cause)
    if ("code" in cause && typeof cause.code === "string") return cause.code;
  return String(error);
}

describe("a process that is told to end in the middle of traffic", () => {
  it("answers everything it has accepted, takes no more, and ends well", async () => {
    await using api = await apiProcess(env());
    const client = await api.client("alice", { batch: false, retries: 0 });
    const callers = traffic(client);
    await callers.more(20);
    expect(await api.stop()).toBe(0);
    await callers.stop();
    // Reset or closed is what the operating system had accepted, and the process had not: no chat came of it.
    const cut = callers.errors.filter(({ code }) => code !== "ECONNREFUSED");
    for (const { code } of cut) expect(["ECONNRESET", "UND_ERR_SOCKET"]).toContain(code);
    await api.restart();
    for (const { friend } of cut.filter((call) => !callers.ids.has(call.friend)))
      expect(await client.chat.find.query({ participants: [friend] })).toBeNull();
  });
});

/** Sends each request to a process that says it is ready, in turn; one that cannot be reached is not. */
function balancer(processes: readonly ApiProcess[]): {
  readonly fetch: typeof fetch;
  readonly stop: () => Promise<void>;
} {
  const ready = new Set(processes);
  const stopped = new AbortController();
  let turn = 0;
  const watch = (async () => {
    while (!stopped.signal.aborted) {
      for (const one of processes) {
        const ok = await fetch(`${one.url}/readyz`).then(
          (answer) => answer.ok,
          () => false,
        );
        if (ok) ready.add(one);
        else ready.delete(one);
      }
      await sleep(50);
    }
  })();
  return {
    async fetch(url, init) {
      turn += 1;
      const chosen = await until("a process that is ready", () => [...ready][turn % ready.size]);
      const { pathname, search } = new URL(url instanceof Request ? url.url : url);
      try {
        return await fetch(`${chosen.url}${pathname}${search}`, init);
      } catch (error) {
        ready.delete(chosen);
        throw error;
      }
    },
    async stop() {
      stopped.abort();
      await watch;
    },
  };
}

describe("two processes that are restarted one after the other", () => {
  it("show their callers nothing of it: no error, one id for every chat", async () => {
    const common = env();
    await using first = await apiProcess(common);
    await using second = await apiProcess(common);
    const balance = balancer([first, second]);
    const token = await first.token("alice");
    const callers = traffic(
      createChatClient({
        url: "http://chats.example",
        token,
        fetch: balance.fetch,
        batch: false,
        timeoutMs: 240_000,
      }),
    );
    for (const one of [first, second]) {
      await callers.more(20);
      expect(await one.stop()).toBe(0);
      await one.restart();
    }
    await callers.more(20);
    await callers.stop();
    await balance.stop();
    expect(callers.errors).toEqual([]);
    for (const [, ids] of callers.ids) expect(ids.size).toBe(1);
  });
});
