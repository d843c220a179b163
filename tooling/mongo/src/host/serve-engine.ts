import { once } from "node:events";
import type { Socket } from "node:net";
import type { AnswerCommand } from "./answer-command.ts";
import { type ListenOptions, listenOn } from "../listen-on.ts";
import { wireFrames } from "../wire/wire-frames.ts";

/** A listener on 127.0.0.1 that the driver takes for a standalone server. */
export interface EngineListener extends AsyncDisposable {
  readonly port: number;
}

/** @throws Error when the port is taken */
export async function serveEngine(answer: AnswerCommand, options: ListenOptions): Promise<EngineListener> {
  const sockets = new Set<Socket>();
  const { server, port } = await listenOn(options, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    void serveConnection(socket, answer);
  });
  return {
    port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * One connection, one command at a time, as the driver sends them. Whatever goes wrong ends the connection: that is
 * how a server tells a driver that an answer will not come.
 */
async function serveConnection(socket: Socket, answer: AnswerCommand): Promise<void> {
  // An error between two reads must not take the engine down.
  socket.on("error", () => undefined);
  try {
    for await (const frame of wireFrames(socket)) {
      const reply = await answer(frame);
      if (socket.destroyed) return;
      if (reply !== null && !socket.write(reply)) await once(socket, "drain");
    }
  } catch {
    socket.destroy();
  }
}
