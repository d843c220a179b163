import { deserialize, serialize } from "bson";
import { type DurabilityBarrier, durabilityBarrier } from "./durability-barrier.ts";
import { refusal, type WireCommand, wireCommand } from "../wire/wire-command.ts";
import { commandBody, msgFrame, replyFrame, requestIdOf, wantsReply } from "../wire/wire-frames.ts";

/** The part of the engine that is used: one message in, one answer out. */
export interface WireEngine {
  roundTrip(message: Buffer): Promise<{
    readonly requestId: number;
    readonly moreToCome: boolean;
    readonly legacy: boolean;
    readonly response: Uint8Array;
  }>;
}

/** Answers one wire message; `null` when the client wants no answer. */
export type AnswerCommand = (frame: Buffer) => Promise<Buffer | null>;

/** Hands commands to the engine and holds back answers that would promise too much. */
export function answerCommand(engine: WireEngine, withBarrier: boolean): AnswerCommand {
  const barrier = withBarrier ? durabilityBarrier(() => writeJournaled(engine)) : null;
  return async (frame) => {
    const body = commandBody(frame);
    if (body === null) return roundTrip(engine, frame);
    const command = wireCommand(body);
    const refused = refusal(command);
    if (refused !== null) return wantsReply(frame) ? msgFrame(refused, requestIdOf(frame)) : null;
    return barrier === null ? roundTrip(engine, frame) : durably(engine, barrier, { frame, command });
  };
}

async function durably(
  engine: WireEngine,
  barrier: DurabilityBarrier,
  { frame, command }: { readonly frame: Buffer; readonly command: WireCommand },
): Promise<Buffer | null> {
  const ended = command.writes ? barrier.writeBegins() : null;
  let reply: Buffer | null;
  try {
    reply = await roundTrip(engine, frame);
  } finally {
    ended?.();
  }
  if (command.promisesDurability || (command.showsDurableOnly && !barrier.isClean())) await barrier.passed();
  return reply;
}

async function roundTrip(engine: WireEngine, frame: Buffer): Promise<Buffer | null> {
  const { requestId, moreToCome, legacy, response } = await engine.roundTrip(frame);
  if (moreToCome) return null;
  return legacy ? replyFrame(response, requestId) : msgFrame(response, requestId);
}

const barrierWrite = msgFrame(
  serialize({
    update: "barrier",
    updates: [{ q: { _id: 1 }, u: { $inc: { writes: 1 } }, upsert: true }],
    writeConcern: { w: 1, j: true },
    $db: "onechat_durability",
  }),
  0,
);

async function writeJournaled(engine: WireEngine): Promise<void> {
  const { response } = await engine.roundTrip(barrierWrite);
  const { ok, writeErrors, writeConcernError } = deserialize(response, { validation: { utf8: false } });
  if (ok === 1 && writeErrors === undefined && writeConcernError === undefined) return;
  throw new Error("the durability barrier could not be written, so nothing can be promised");
}
