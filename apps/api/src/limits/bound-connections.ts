import type { Socket } from "node:net";
import { ChatError } from "@onechat/chat-domain";
import type { FastifyInstance } from "fastify";
import type { TrafficGuard } from "./guard-traffic.ts";

/** So many connections more are open for a moment each: a full process still says that it lives. */
const spareConnections = 64;
/** … and has so long for its request. */
const spareMs = 1_000;
/** How often one line says that connections are refused. */
const tellEveryMs = 10_000;

const probes: ReadonlySet<string | undefined> = new Set(["/livez", "/readyz"]);

/**
 * Above the limit a connection is for one request. Whoever asks for health is answered, everybody else is sent away; and
 * of more such connections than are kept, the oldest ends, so that nobody can fill them up by being silent.
 */
export function boundConnections(
  server: FastifyInstance,
  { limits, onRefused }: Pick<TrafficGuard, "limits" | "onRefused">,
): void {
  if (limits.connections === 0) return;
  let open = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  const spare = new Set<Socket>();
  const refused = (): void => {
    onRefused("connections");
    if (performance.now() - toldAt < tellEveryMs) return;
    toldAt = performance.now();
    server.log.warn({ limit: limits.connections }, "connections are refused: MAX_CONNECTIONS are open");
  };
  server.server.on("connection", (socket: Socket) => {
    const isSpare = open >= limits.connections;
    if (isSpare) {
      spare.add(socket);
      socket.setTimeout(spareMs, () => socket.destroy());
    } else open += 1;
    socket.once("close", () => {
      if (!spare.delete(socket)) open -= 1;
    });
    const [oldest] = spare;
    if (spare.size <= spareConnections || oldest === undefined) return;
    refused();
    oldest.destroy();
  });
  server.addHook("onRequest", (request, reply, done) => {
    if (!spare.has(request.raw.socket)) return done();
    reply.header("connection", "close");
    if (probes.has(request.routeOptions.url)) return done();
    refused();
    done(
      new ChatError("UNAVAILABLE", "this process has more connections than it can; try again in a second"),
    );
  });
}
