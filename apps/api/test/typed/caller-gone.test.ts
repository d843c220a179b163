import { once } from "node:events";
import { request } from "node:http";
import { until } from "@onechat/testing";
import { initTRPC } from "@trpc/server";
import { describe, expect, it } from "vitest";
import type { AppRouter } from "../../src/router.ts";
import { idleServer } from "../idle-server.ts";

const t = initTRPC.context<object>().create();

/** Serves one procedure, calls it, goes away while it runs, and waits for what it says then. */
async function saidWhenCallerHasGone(
  procedure: (signalOf: () => AbortSignal | undefined, connectionEnded: Promise<unknown>) => Promise<string>,
): Promise<string> {
  let said = "";
  let isRunning = false;
  let connectionEnded: Promise<unknown> = Promise.resolve();
  const router = t.router({
    ask: t.procedure.query(async (options) => {
      isRunning = true;
      said = await procedure(() => options.signal, connectionEnded);
    }),
  });
  const server = await idleServer({ router: router as unknown as AppRouter });
  server.server.once("connection", (socket) => {
    connectionEnded = once(socket, "close");
  });
  try {
    const url = await server.listen({ port: 0, host: "127.0.0.1" });
    const caller = request(`${url}/trpc/ask`);
    const ended = once(caller, "error");
    caller.end();
    await until("the procedure to run", () => isRunning);
    caller.destroy();
    await ended;
    await until("the procedure to end", () => said !== "");
    return said;
  } finally {
    await server.close();
  }
}

describe("a procedure whose caller goes away", () => {
  it("hears of it through its signal", async () => {
    const said = await saidWhenCallerHasGone(async (signalOf) => {
      const signal = signalOf();
      if (signal === undefined) return "no signal";
      await once(signal, "abort");
      return "heard";
    });
    expect(said).toBe("heard");
  });

  it("hears of it also where it asks when they have gone already", async () => {
    const said = await saidWhenCallerHasGone(async (signalOf, connectionEnded) => {
      await connectionEnded;
      await new Promise(setImmediate);
      return String(signalOf()?.aborted);
    });
    expect(said).toBe("true");
  });
});
