import { withoutFields } from "../wire/bson-fields.ts";
import { plainRequest } from "../wire/wire-frames.ts";
import { answerBody, answerTo, type WireRequest } from "../wire/wire-request.ts";
import type { Answer } from "./upstream-answers.ts";

/**
 * The server as it is, but a command always has one answer in plain text, so that rules can strike each: nothing is
 * compressed, and the driver asks for the server's state from time to time instead of having it streamed.
 */
export function singleServer(ask: Answer): Answer {
  return async (request) => {
    const answer = await ask({ ...request, frame: plainRequest(request.frame) });
    return answer === null || request.name !== "hello" ? answer : plainHello(request, answer);
  };
}

function plainHello(request: WireRequest, answer: Buffer): Buffer {
  return answerTo(request, withoutFields(answerBody(answer), ["topologyVersion", "compression"]));
}
