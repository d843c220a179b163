import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Where to listen. */
export interface ListenOptions {
  /** 0: any free one. */
  readonly port: number;
  /** How long to wait for a taken port to become free. */
  readonly patienceMs: number;
}

// Below every system's range for outgoing connections. A port of that range can be taken by somebody's outgoing
// connection while the engine is down, or by a client that tries to reach the engine and connects to itself.
const firstPort = 20_000;
const lastPort = 32_000;
const attempts = 50;

/**
 * A listener on 127.0.0.1.
 *
 * @throws Error that names the port when it is taken
 */
export async function listenOn(
  { port, patienceMs }: ListenOptions,
  serve: (socket: Socket) => void,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer({ noDelay: true }, serve);
  if (port === 0) return { server, port: await listenAnywhere(server) };
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      await listen(server, port);
      return { server, port };
    } catch (error) {
      if (!isTaken(error) || performance.now() > deadline) throw unusable(port, error);
      await sleep(50);
    }
  }
}

async function listenAnywhere(server: Server): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort));
    try {
      await listen(server, port);
      return port;
    } catch (error) {
      if (!isTaken(error)) throw unusable(port, error);
    }
  }
  await listen(server, 0);
  return (server.address() as AddressInfo).port;
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

function unusable(port: number, cause: unknown): Error {
  return new Error(`port ${port} of 127.0.0.1 cannot be used: choose another, or stop what listens there`, {
    cause,
  });
}
