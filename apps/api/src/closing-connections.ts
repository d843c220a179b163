import type { FastifyInstance } from "fastify";

/** Connections that fall idle after closing began would keep the process for their whole keep-alive time. */
export function endIdleConnectionsOnClose(server: FastifyInstance): void {
  let closing = false;
  server.addHook("onSend", async (_request, reply) => {
    if (closing) reply.header("connection", "close");
  });
  server.addHook("preClose", async () => {
    closing = true;
    const sweep = setInterval(() => server.server.closeIdleConnections(), 100);
    server.server.once("close", () => clearInterval(sweep));
  });
}
