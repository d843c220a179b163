import { deserialize, type Document, serialize } from "bson";
import type { WireEngine } from "../src/host/answer-command.ts";
import { commandBody, msgFrame } from "../src/wire/wire-frames.ts";

export const barrierDatabase = "onechat_durability";

/** An engine made of one function from command to answer. */
export function fakeEngine(answer: (command: Document) => Promise<Document>): WireEngine {
  return {
    async roundTrip(message) {
      const response = serialize(await answer(parsed(message)));
      const moreToCome = (message.readUInt32LE(16) & 2) !== 0;
      return { requestId: message.readInt32LE(4), moreToCome, legacy: false, response };
    },
  };
}

/** A command as a client sends it. */
export function request(command: Document, requestId = 1): Buffer {
  const frame = msgFrame(serialize(command), 0);
  frame.writeInt32LE(requestId, 4);
  return frame;
}

export function parsed(frame: Buffer | null): Document {
  const body = frame === null ? null : commandBody(frame);
  return body === null ? {} : deserialize(body);
}
