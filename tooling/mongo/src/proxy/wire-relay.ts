import { wireFrames } from "../wire/wire-frames.ts";
import { answerTo, wireRequest } from "../wire/wire-request.ts";
import { wholeMessage } from "../whole-message.ts";
import type { Address } from "../plain-addresses.ts";
import type { CommandRules } from "./command-rules.ts";
import { exchange } from "./exchange.ts";
import { type Relay, relay } from "./relay.ts";
import { type Answer, ServerGone, upstreamAnswers } from "./upstream-answers.ts";

/**
 * A listener for drivers: on each connection one command after the other, as drivers send them.
 *
 * @param answering what is made of the server's answers
 */
export function wireRelay(
  address: Address,
  { rules, record }: Pick<CommandRules, "rules" | "record">,
  answering: (ask: Answer) => Answer,
): Promise<Relay> {
  return relay(address, (connection) => {
    const server = upstreamAnswers(connection.upstream);
    const ask = answering(server.ask);
    return {
      answers: server.read,
      async requests() {
        for await (const frame of wireFrames(connection.client)) {
          const request = wireRequest(frame);
          record.add(request);
          await exchange(request, { connection, rules, ask }).catch((error: unknown) => {
            if (error instanceof ServerGone || !request.wantsReply) throw error;
            const errmsg = wholeMessage(error);
            connection.client.write(answerTo(request, { ok: 0, code: 1, codeName: "InternalError", errmsg }));
          });
        }
      },
    };
  });
}
