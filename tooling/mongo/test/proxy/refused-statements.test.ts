import { deserialize, type Document, Double, serialize } from "bson";
import { describe, expect, it } from "vitest";
import { refusalsOf, withRefusedStatements } from "../../src/proxy/refused-statements.ts";
import type { StatementError } from "../../src/proxy/rule.ts";
import { sequence } from "../../src/wire/document-sequence.ts";
import { requestFrame } from "../../src/wire/wire-frames.ts";
import { answerBody, answerTo, type WireRequest, wireRequest } from "../../src/wire/wire-request.ts";
import { request } from "../fake-engine.ts";

const documents = [{ _id: 0 }, { _id: 1 }, { _id: new Double(2) }];
const unordered = { insert: "notes", ordered: false, $db: "app" };

function refusal(index: number): StatementError {
  return { index, code: 112, message: "refused" };
}

/** The documents in the command, or beside it. */
function insert(command: Document, place: "inside" | "beside"): WireRequest {
  if (place === "inside") return wireRequest(request({ ...command, documents }));
  const beside = sequence(
    "documents",
    documents.map((each) => serialize(each)),
  );
  const body = { kind: 0, bytes: Buffer.from(serialize(command)) };
  return wireRequest(requestFrame(request(command), [beside, body]));
}

/** What the server gets, and what the client is answered. */
async function outcome(
  asked: WireRequest,
  refused: readonly StatementError[],
  serverSays: Document = { ok: 1 },
): Promise<{ readonly sent: readonly unknown[] | null; readonly answer: Document | null }> {
  let sent: readonly unknown[] | null = null;
  const answer = await withRefusedStatements(asked, refusalsOf(asked, refused), async (reduced) => {
    const { command } = wireRequest(reduced.frame);
    sent = command["documents"] as readonly unknown[];
    return asked.wantsReply ? answerTo(reduced, { n: sent.length, ...serverSays }) : null;
  });
  return { sent, answer: answer === null ? null : deserialize(answerBody(answer)) };
}

describe.each(["inside", "beside"] as const)("statements %s their command", (place) => {
  it("that are refused do not reach the server, and the others do", async () => {
    const { sent, answer } = await outcome(insert(unordered, place), [refusal(1)]);
    expect(sent).toEqual([{ _id: 0 }, { _id: 2 }]);
    expect(answer).toEqual({ ok: 1, n: 2, writeErrors: [{ index: 1, code: 112, errmsg: "refused" }] });
  });

  it("end an ordered command where one is refused", async () => {
    const asked = insert({ ...unordered, ordered: true }, place);
    const { sent, answer } = await outcome(asked, [refusal(2), refusal(1)]);
    expect(sent).toEqual([{ _id: 0 }]);
    expect(answer).toMatchObject({ n: 1, writeErrors: [{ index: 1 }] });
  });

  it("are not sent at all where all are refused", async () => {
    const { sent, answer } = await outcome(insert(unordered, place), [0, 1, 2].map(refusal));
    expect(sent).toBeNull();
    expect(answer).toMatchObject({ ok: 1, n: 0, writeErrors: [{ index: 0 }, { index: 1 }, { index: 2 }] });
  });

  it("that the server itself refuses are told by the places that they had", async () => {
    const serverSays = { ok: 1, n: 1, writeErrors: [{ index: 1, code: 11_000, errmsg: "taken" }] };
    const { answer } = await outcome(insert(unordered, place), [refusal(0)], serverSays);
    expect(answer).toMatchObject({ n: 1, writeErrors: [{ index: 0 }, { index: 2, code: 11_000 }] });
  });

  it("of a write that is not acknowledged are refused in silence", async () => {
    const asked = { ...insert(unordered, place), wantsReply: false };
    expect(await outcome(asked, [refusal(0)])).toEqual({ sent: [{ _id: 1 }, { _id: 2 }], answer: null });
    expect(await outcome(asked, [0, 1, 2].map(refusal))).toEqual({ sent: null, answer: null });
  });
});

it("a command without statements has none to refuse", () => {
  expect(refusalsOf(wireRequest(request({ find: "notes", $db: "app" })), [refusal(0)])).toEqual([]);
  expect(refusalsOf(insert(unordered, "inside"), [refusal(3)])).toEqual([]);
});
