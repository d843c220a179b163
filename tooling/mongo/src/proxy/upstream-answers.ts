import type { Socket } from "node:net";
import { wireFrames } from "../wire/wire-frames.ts";
import type { WireRequest } from "../wire/wire-request.ts";

/** Answers a command; `null` where no answer is wanted. */
export type Answer = (request: WireRequest) => Promise<Buffer | null>;

/** A server at the other end of a connection: a command goes out, and the next message that comes in is its answer. */
export interface UpstreamAnswers {
  /** Whether it answers or not, the command has been written when this returns. */
  readonly ask: Answer;
  /** Reads until the server ends the connection, so that its end is noticed also while nobody asks. */
  readonly read: () => Promise<void>;
}

/** The server has ended the connection, so that the client's ends as well. */
export class ServerGone extends Error {}

interface Waiter {
  resolve(answer: Buffer): void;
  reject(error: Error): void;
}

export function upstreamAnswers(upstream: Socket): UpstreamAnswers {
  let waiting: Waiter | null = null;
  let ended = false;
  return {
    ask({ frame, wantsReply }) {
      if (ended) return Promise.reject(new ServerGone());
      upstream.write(frame);
      if (!wantsReply) return Promise.resolve(null);
      return new Promise((resolve, reject) => (waiting = { resolve, reject }));
    },
    async read() {
      try {
        for await (const frame of wireFrames(upstream)) {
          const waiter = waiting;
          waiting = null;
          waiter?.resolve(frame);
        }
      } finally {
        ended = true;
        waiting?.reject(new ServerGone());
      }
    },
  };
}
