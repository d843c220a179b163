import { type ServerTime, serverTime } from "./server-time.ts";

/** Who answers create-or-get, by the address at which it is asked. */
export const contestants = { onechat: "/api/chats/create-or-get", naive: "/console/naive-chats" } as const;
export type Contestant = keyof typeof contestants;

/** How one call of a race went. */
export interface Run {
  /** From when to when the server worked on it, on the page's clock. */
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
  const onPage = pageTimes();
  const [first, second] = people;
  await Promise.all(
    inTurns(racing, calls).map(async ([contestant, call]) => {
      const participants = call % 2 === 0 ? [first, second] : [second, first];
      const token = tokens[call % tokens.length] ?? "";
      const { time, ...answer } = await createOrGet(contestants[contestant], participants, token);
      onRun(contestant, { ...onPage(time), ...answer });
    }),
  );
}

/**
 * Puts what the server says, by its clock, on the page's, as the first answer came. A call of which it says nothing is a
 * moment: how long it waited in the browser is unknown.
 */
function pageTimes(): (time: ServerTime | null) => Pick<Run, "startMs" | "endMs"> {
  let ahead: number | null = null;
  return (time) => {
    const now = performance.now();
    if (time === null) return { startMs: now, endMs: now };
    ahead ??= now - time.fromMs - time.ms;
    return { startMs: time.fromMs + ahead, endMs: time.fromMs + ahead + time.ms };
  };
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
  readonly time: ServerTime | null;
}

async function createOrGet(path: string, participants: readonly string[], token: string): Promise<Answer> {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ participants }),
    });
    const time = serverTime(response);
    const { chat, created, error } = (await response.json()) as {
      readonly chat?: { readonly id: string };
      readonly created?: boolean;
      readonly error?: { readonly message: string };
    };
    if (chat === undefined) return { outcome: "refused", detail: error?.message ?? "refused", time };
    return { outcome: created === true ? "created" : "existing", detail: chat.id, time };
  } catch (error) {
    return { outcome: "refused", detail: String(error), time: null };
  }
}
