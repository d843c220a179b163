import { connect } from "@onechat/chat-domain/connect";
import type { FastifyInstance } from "fastify";
import { createAuthentication } from "../src/auth/authentication.ts";
import { chatTally } from "../src/observe/chat-observer.ts";
import { createLogger } from "../src/observe/logger.ts";
import type { LimitSettings } from "../src/limits/limit-settings.ts";
import { appRouter } from "../src/router.ts";
import { createServer, type ServerDependencies } from "../src/create-server.ts";
import { noopObserver } from "../src/observe/traffic-observer.ts";
import { noLimits } from "./no-limits.ts";
import { authSettings, secret } from "./test-tokens.ts";

export interface IdleServerOptions extends Partial<Omit<ServerDependencies, "limits">> {
  readonly limits?: Partial<LimitSettings>;
  readonly onLog?: (line: string) => void;
}

/** A server without a database, for what is decided before one is asked: nothing is sent before the first operation. */
export function idleServer({
  limits,
  onLog = () => undefined,
  ...given
}: IdleServerOptions = {}): Promise<FastifyInstance> {
  const ready = async (): Promise<void> => undefined;
  return createServer({
    router: appRouter,
    chats: connect({ uri: "mongodb://127.0.0.1:9/" }),
    readiness: {
      assertReady: ready,
      assertGuarantee: ready,
      beginShutdown: () => undefined,
      isStopping: () => false,
    },
    admin: { tally: chatTally(), pool: () => ({ open: 0, inUse: 0, waiting: 0 }) },
    authenticate: createAuthentication(authSettings),
    log: createLogger("debug", { stream: { write: (line: string) => onLog(line) } }),
    version: "0.0.0-test",
    corsOrigins: ["https://app.example"],
    trustedProxies: [],
    console: false,
    observer: noopObserver,
    limits: { ...noLimits, ...limits },
    devToken: { secret, issuer: "onechat", audience: "onechat" },
    ...given,
  });
}
