import { type Document, ObjectId } from "bson";
import { withFields, withoutFields } from "../wire/bson-fields.ts";
import { mayWrite } from "../wire/wire-command.ts";
import { commandBody, requestFrame, sections } from "../wire/wire-frames.ts";
import { answerBody, answerTo, type WireRequest } from "../wire/wire-request.ts";
import { singleServer } from "./single-server.ts";
import type { Answer } from "./upstream-answers.ts";

export const setName = "onechat";

/** What a member knows of its set just now. */
export interface MemberView {
  readonly hosts: readonly string[];
  readonly me: string;
  readonly primary: string;
  /** Counts the elections. */
  readonly term: number;
}

/** What only a real set understands. */
const sessionFields = ["lsid", "txnNumber", "$clusterTime"];

/** Reads that a secondary answers only to those who have said that they may be old. */
const dataReads: ReadonlySet<string> = new Set(
  "find aggregate count distinct listCollections listIndexes listDatabases dbStats collStats".split(" "),
);

/** The one server as a member of a set: its part decides what it answers, and the server hears of no session. */
export function fakeMember(view: () => MemberView, ask: Answer): Answer {
  const server = singleServer(ask);
  return async (request) => {
    if (request.name === "hello") return memberHello(request, view(), await server(request));
    const refusal = refusalOf(request, view());
    if (refusal === null) return server({ ...request, frame: withoutSession(request.frame) });
    return request.wantsReply ? answerTo(request, refusal) : null;
  };
}

function memberHello(request: WireRequest, view: MemberView, answer: Buffer | null): Buffer | null {
  if (answer === null) return null;
  const isPrimary = view.me === view.primary;
  const part = {
    isWritablePrimary: isPrimary,
    ismaster: isPrimary,
    secondary: !isPrimary,
    setName,
    setVersion: 1,
    hosts: view.hosts,
    me: view.me,
    primary: view.primary,
    // Without it the driver knows no sessions, and repeats no write.
    logicalSessionTimeoutMinutes: 30,
    ...(isPrimary ? { electionId: electionId(view.term) } : {}),
  };
  return answerTo(request, withFields(withoutFields(answerBody(answer), ["electionId", "msg"]), part));
}

/** The driver believes the primary with the highest. */
function electionId(term: number): ObjectId {
  return new ObjectId(`7fffffff${term.toString(16).padStart(16, "0")}`);
}

function refusalOf({ name, command }: WireRequest, { me, primary }: MemberView): Document | null {
  if (name === "endSessions") return { ok: 1 };
  if ("autocommit" in command)
    return refused(263, "OperationNotSupportedInTransaction", "the fake replica set has no transactions");
  if (me === primary) return null;
  if (mayWrite(name, command["pipeline"])) return notPrimary(command);
  if (!dataReads.has(name) || readsSecondaries(command)) return null;
  return refused(13_435, "NotPrimaryNoSecondaryOk", "not primary and secondaryOk=false");
}

/** As a server does it: the write may be repeated if it has a number to be told by. */
function notPrimary(command: Document): Document {
  const labels = "txnNumber" in command ? { errorLabels: ["RetryableWriteError"] } : {};
  return { ...refused(10_107, "NotWritablePrimary", "not primary"), ...labels };
}

function refused(code: number, codeName: string, errmsg: string): Document {
  return { ok: 0, errmsg, code, codeName };
}

function readsSecondaries(command: Document): boolean {
  const { mode } = (command["$readPreference"] ?? {}) as { readonly mode?: unknown };
  return mode !== undefined && mode !== "primary";
}

function withoutSession(frame: Buffer): Buffer {
  const body = commandBody(frame);
  if (body === null) return frame;
  const others = Array.from(sections(frame)).filter(({ kind }) => kind !== 0);
  return requestFrame(frame, [
    { kind: 0, bytes: Buffer.from(withoutFields(body, sessionFields)) },
    ...others,
  ]);
}
