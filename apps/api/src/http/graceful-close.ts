import { Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";

/** A connection that was accepted before the end began has this long to send its request. */
const lastWordMs = 300;

/**
 * From the first signal on, every answer ends its connection, so that its client opens the next one elsewhere. At the
 * end nothing new is accepted, and only what then stays silent is cut off: closing both at once, as Node's own close
 * does, would drop requests that were on their way. Idle connections would keep the process for their keep-alive time.
 */
export function endConnections(server: FastifyInstance, isStopping: () => boolean): void {
  server.addHook("onSend", (_request, reply, payload, done) => {
    if (isStopping()) reply.header("connection", "close");
    done(null, payload);
  });
  server.addHook("preClose", async () => {
    if (!server.server.listening) return;
    Server.prototype.close.call(server.server);
    await sleep(lastWordMs);
    const sweep = setInterval(() => server.server.closeIdleConnections(), 100);
    server.server.once("close", () => clearInterval(sweep));
  });
}
