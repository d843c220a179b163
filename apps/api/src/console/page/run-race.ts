/** How one call of a race went. */
export interface Run {
  readonly startMs: number;
  readonly endMs: number;
  readonly outcome: "created" | "existing" | "refused";
  /** The chat that was answered, or why there is none. */
  readonly detail: string;
}

export interface RaceOptions {
  readonly people: readonly [string, string];
  readonly calls: number;
  /** Tokens to call with, in turn. */
  readonly tokens: readonly string[];
  readonly onRun: (run: Run) => void;
}

/** All calls at once, half of them naming the people the other way round; the browser decides how many it sends. */
export async function runRace({ people, calls, tokens, onRun }: RaceOptions): Promise<readonly Run[]> {
  const began = performance.now();
  const [first, second] = people;
  return Promise.all(
    Array.from({ length: calls }, async (_, call) => {
      const participants = call % 2 === 0 ? [first, second] : [second, first];
      const startMs = performance.now() - began;
      const result = await createOrGet(participants, tokens[call % tokens.length] ?? "");
      const run: Run = { startMs, endMs: performance.now() - began, ...result };
      onRun(run);
      return run;
    }),
  );
}

async function createOrGet(
  participants: readonly string[],
  token: string,
): Promise<Pick<Run, "outcome" | "detail">> {
  try {
    const response = await fetch("/api/chats/create-or-get", {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ participants }),
    });
    const body = (await response.json()) as {
      readonly chat?: { readonly id: string };
      readonly created?: boolean;
      readonly error?: { readonly message: string };
    };
    if (body.chat === undefined) return { outcome: "refused", detail: body.error?.message ?? "refused" };
    return { outcome: body.created === true ? "created" : "existing", detail: body.chat.id };
  } catch (error) {
    return { outcome: "refused", detail: String(error) };
  }
}

/** The sentence that a race ends in. */
export function verdict(runs: readonly Run[]): string {
  const count = (outcome: Run["outcome"]): number => runs.filter((run) => run.outcome === outcome).length;
  const chats = new Set(runs.filter(({ outcome }) => outcome !== "refused").map(({ detail }) => detail));
  const refused = count("refused") === 0 ? "" : `, ${count("refused")} refused`;
  return `${chats.size} chat${chats.size === 1 ? "" : "s"}, ${count("created")} created, ${count("existing")} existing${refused}`;
}
