import { fork } from "node:child_process";
import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import { until } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { program, type RunningApi, runToEnd, settings, start, stoppingItself } from "./running-api.ts";

async function saidToShutDown(api: RunningApi): Promise<void> {
  await until("the process to shut down", () => api.log.some((line) => line.includes("shutting down")));
}

describe("the API process", () => {
  it("ends well after SIGTERM although a client keeps an idle connection", async () => {
    await using api = await start(settings());
    const idle = connectSocket(Number(new URL(api.url).port), "127.0.0.1");
    idle.write("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
    await once(idle, "data");
    api.child.kill("SIGTERM");
    // One that waited for its client would be ended with 1.
    expect(await api.ended).toBe(0);
    idle.destroy();
  });

  it.each([
    { host: "0.0.0.0", dev: "1", warned: true },
    { host: "127.0.0.1", dev: "1", warned: false },
    { host: "0.0.0.0", dev: "0", warned: false },
  ])("warns of AUTH_DEV=$dev at $host: $warned", async ({ host, dev, warned }) => {
    await using api = await start(settings({ HOST: host, AUTH_DEV: dev, NODE_ENV: "development" }));
    expect(api.log.some((line) => line.includes("hands tokens to anybody"))).toBe(warned);
  });

  it("answers connections that it has accepted and that send their request only after SIGTERM", async () => {
    await using api = await start(settings(stoppingItself("shutting down")));
    const { port } = new URL(api.url);
    const sockets = Array.from({ length: 20 }, () => connectSocket(Number(port), "127.0.0.1"));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    // A connection is accepted in its turn: an answer on a later one says that all of these are.
    const later = connectSocket(Number(port), "127.0.0.1");
    later.write("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    await once(later, "data");
    api.child.kill("SIGTERM");
    await saidToShutDown(api);
    const answers = sockets.map(async (socket) => {
      socket.write("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n");
      const [chunk] = (await once(socket, "data")) as [Buffer];
      return chunk.toString().split("\r\n", 1)[0];
    });
    api.child.kill("SIGCONT");
    expect(new Set(await Promise.all(answers))).toEqual(new Set(["HTTP/1.1 200 OK"]));
    expect(await api.ended).toBe(0);
  });

  it("takes a connection string that the driver refuses for a mistake in its configuration, and repeats none of it", async () => {
    for (const uri of ["mongodb://me:hunter2/3@db", "mongodb://me:hunter2@", "mongodb://db/?hunter2=1"]) {
      const { code, output } = await runToEnd([], settings({ MONGODB_URI: uri }));
      expect([code, output]).toEqual([78, expect.stringContaining("- MONGODB_URI: ")]);
      expect(output).not.toContain("hunter2");
    }
  });

  it("says in one line that its port is taken, and exits with 1", async () => {
    await using first = await start(settings());
    const { port } = new URL(first.url);
    const { code, output } = await runToEnd([], settings({ PORT: port, LOG_LEVEL: "silent" }));
    expect(code).toBe(1);
    expect(output.trim()).toBe(
      `The API cannot start: port ${port} of 127.0.0.1 is in use; set PORT to another`,
    );
    first.child.kill("SIGTERM");
    expect(await first.ended).toBe(0);
  });

  it("ends with the process that started it for itself, however that ends", async () => {
    const child = fork(program, [], { env: settings(), execArgv: [], silent: true });
    const ended = once(child, "exit");
    await new Promise<void>((resolve) => {
      child.stdout?.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes('"listening"')) resolve();
      });
    });
    child.disconnect();
    expect((await ended)[0]).toBe(0);
  });
});
