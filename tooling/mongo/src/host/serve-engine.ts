import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { AnswerCommand } from "./answer-command.ts";
import { wireFrames } from "./wire-frames.ts";

/** A listener on 127.0.0.1 that the driver takes for a standalone server. */
export interface EngineListener extends AsyncDisposable {
  readonly port: number;
}

/** @throws Error when the port is taken */
export async function serveEngine(answer: AnswerCommand, port: number): Promise<EngineListener> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    void serveConnection(socket, answer);
  });
  await listen(server, port);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    throw new Error(`port ${port} of 127.0.0.1 cannot be used: choose another, or stop what listens there`, {
      cause: error,
    });
  }
}

/**
 * One connection, one command at a time, as the driver sends them. Whatever goes wrong ends the connection: that is
 * how a server tells a driver that an answer will not come.
 */
async function serveConnection(socket: Socket, answer: AnswerCommand): Promise<void> {
  try {
    for await (const frame of wireFrames(socket)) {
      const reply = await answer(frame);
      if (reply !== null && !socket.write(reply)) await once(socket, "drain");
    }
  } catch {
    socket.destroy();
  }
}
