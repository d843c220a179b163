import underPressure from "@fastify/under-pressure";
import { ChatError } from "@onechat/chat-domain";
import { tooManyRequests } from "@onechat/chat-router";
import type { FastifyInstance } from "fastify";
import type { LimitName, LimitSettings } from "./limit-settings.ts";
import { networkOf } from "./network-of.ts";
import { rateWindow } from "./rate-window.ts";

export interface TrafficGuard {
  readonly limits: LimitSettings;
  readonly onRefused: (limit: LimitName) => void;
}

/**
 * Refuses what is too much on all routes of this scope, the cheapest check first and before a body is read. Health has
 * a scope of its own: a busy process is alive.
 */
export async function guardTraffic(server: FastifyInstance, guard: TrafficGuard): Promise<void> {
  limitAddresses(server, guard);
  await shedByDelay(server, guard);
  boundConcurrency(server, guard);
}

function limitAddresses(server: FastifyInstance, { limits, onRefused }: TrafficGuard): void {
  if (limits.requestsPerAddress === 0) return;
  const count = rateWindow(limits.requestsPerAddress);
  server.addHook("onRequest", async ({ ip }) => {
    const waitMs = await count(networkOf(ip));
    if (waitMs === 0) return;
    onRefused("address");
    throw tooManyRequests("too many requests from this address", waitMs);
  });
}

async function shedByDelay(server: FastifyInstance, { limits, onRefused }: TrafficGuard): Promise<void> {
  if (limits.eventLoopDelayMs === 0) return;
  await server.register(underPressure, {
    maxEventLoopDelay: limits.eventLoopDelayMs,
    pressureHandler: async () => {
      onRefused("event-loop");
      throw overloaded();
    },
  });
}

/** Counted from when the body is complete: a client that sends slowly takes nobody's place. */
function boundConcurrency(server: FastifyInstance, { limits, onRefused }: TrafficGuard): void {
  if (limits.concurrentRequests === 0) return;
  let running = 0;
  server.addHook("preHandler", (_request, { raw }, done) => {
    if (running >= limits.concurrentRequests) {
      onRefused("concurrency");
      done(overloaded());
      return;
    }
    running += 1;
    // Every answer closes, also one whose client has gone.
    raw.once("close", () => (running -= 1));
    done();
  });
}

/** Everybody together asks more of this process than it can do. */
function overloaded(): ChatError {
  return new ChatError("UNAVAILABLE", "this process has more to do than it can; try again in a second");
}
