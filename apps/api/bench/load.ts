import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** One request, and what has to come of it. */
export interface Shot {
  readonly path: string;
  readonly token: string;
  readonly body: string;
  readonly expected: number;
}

export interface LoadResult {
  readonly sent: number;
  /** Answers with another status than expected, and requests without an answer, by what they were. */
  readonly surprises: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Milliseconds, sorted. */
  readonly latencies: readonly number[];
}

export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** Requests per second; `null`: as many as are answered. Late requests count from when they were due. */
  readonly rate: number | null;
  readonly next: (index: number) => Shot;
}

export async function load({ url, connections, seconds, rate, next }: LoadOptions): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const started = performance.now();
  const end = started + seconds * 1_000;
  const latencies: number[] = [];
  const surprises: Record<string, number> = {};
  let sent = 0;
  async function worker(): Promise<void> {
    while (performance.now() < end) {
      const index = sent;
      sent += 1;
      const due = rate === null ? performance.now() : started + (index * 1_000) / rate;
      const early = due - performance.now();
      if (early > 1) await sleep(early);
      const shot = next(index);
      const outcome = await fire(agent, url, shot);
      latencies.push(performance.now() - due);
      if (outcome !== String(shot.expected)) surprises[outcome] = (surprises[outcome] ?? 0) + 1;
    }
  }
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  return {
    sent,
    surprises,
    seconds: (performance.now() - started) / 1_000,
    latencies: latencies.toSorted((a, b) => a - b),
  };
}

function fire(agent: Agent, url: string, { path, token, body }: Shot): Promise<string> {
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  };
  return new Promise((resolve) => {
    const call = request(`${url}${path}`, { method: "POST", agent, headers }, (response) => {
      response.resume();
      response.on("end", () => resolve(String(response.statusCode)));
      response.on("error", ({ message }) => resolve(message));
    });
    call.on("error", ({ message }) => resolve(message));
    call.end(body);
  });
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
