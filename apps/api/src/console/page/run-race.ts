import { serverTime } from "./server-time.ts";

/** Who answers create-or-get, by the address at which it is asked. */
export const contestants = { onechat: "/api/chats/create-or-get", naive: "/console/naive-chats" } as const;
export type Contestant = keyof typeof contestants;

/** How one call of a race went. */
export interface Run {
  /** On the race's clock: the answer came at `endMs`, and the server had worked on it from `startMs`. */
  readonly startMs: number;
  readonly endMs: number;
  readonly outcome: "created" | "existing" | "refused";
  /** The chat that was answered, or why there is none. */
  readonly detail: string;
}

export interface RaceOptions {
  readonly racing: readonly Contestant[];
  readonly people: readonly [string, string];
  /** Of each contestant. */
  readonly calls: number;
  /** Tokens to call with, in turn. */
  readonly tokens: readonly string[];
  readonly onRun: (contestant: Contestant, run: Run) => void;
}

/**
 * All calls at once, half of them naming the people the other way round. The browser sends them in this order, as many
 * at a time as it has connections: each contestant gets as many in a row.
 */
export async function runRace({ racing, people, calls, tokens, onRun }: RaceOptions): Promise<void> {
  const began = performance.now();
  const [first, second] = people;
  await Promise.all(
    inTurns(racing, calls).map(async ([contestant, call]) => {
      const participants = call % 2 === 0 ? [first, second] : [second, first];
      const token = tokens[call % tokens.length] ?? "";
      const asked = performance.now();
      const { serverMs, ...answer } = await createOrGet(contestants[contestant], participants, token);
      const ended = performance.now();
      const endMs = ended - began;
      onRun(contestant, { startMs: Math.max(0, endMs - (serverMs ?? ended - asked)), endMs, ...answer });
    }),
  );
}

/** Connections that a browser keeps to one server. */
const connections = 6;

function inTurns(racing: readonly Contestant[], calls: number): readonly (readonly [Contestant, number])[] {
  const turns = Array.from({ length: Math.ceil(calls / connections) }, (_, turn) => turn * connections);
  return turns.flatMap((from) =>
    racing.flatMap((contestant) =>
      Array.from(
        { length: Math.min(connections, calls - from) },
        (_, call) => [contestant, from + call] as const,
      ),
    ),
  );
}

interface Answer extends Pick<Run, "outcome" | "detail"> {
  readonly serverMs: number | null;
}

async function createOrGet(path: string, participants: readonly string[], token: string): Promise<Answer> {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ participants }),
    });
    const serverMs = serverTime(response);
    const { chat, created, error } = (await response.json()) as {
      readonly chat?: { readonly id: string };
      readonly created?: boolean;
      readonly error?: { readonly message: string };
    };
    if (chat === undefined) return { outcome: "refused", detail: error?.message ?? "refused", serverMs };
    return { outcome: created === true ? "created" : "existing", detail: chat.id, serverMs };
  } catch (error) {
    return { outcome: "refused", detail: String(error), serverMs: null };
  }
}
