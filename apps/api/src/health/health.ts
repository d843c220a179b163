import type { FastifyInstance } from "fastify";
import { sendError } from "../errors/fastify-errors.ts";
import type { Readiness } from "./readiness.ts";

/** `/livez` asks nobody; `/readyz` asks whether the promise can be kept. Both are too frequent for the log. */
export function health(server: FastifyInstance, readiness: Readiness): void {
  server.get("/livez", { logLevel: "silent" }, () => ({ status: "live" }));
  server.get("/readyz", { logLevel: "silent" }, async (request, reply) => {
    try {
      await readiness.assertReady();
      return { status: "ready" };
    } catch (error) {
      return sendError(error, request, reply);
    }
  });
}
