/**
 * tRPC's adapter makes web objects for every call: a Request, its Headers, AbortSignals, a Response and a stream. That
 * was half of what a call cost this process. Plain calls are answered without: JSON in one piece, for procedures that
 * there are, by a method that they take, one or a batch. What a call does is tRPC's own, and so are the shape and the
 * status of its error. Everything else, also what is refused as a whole, is the adapter's.
 */
import type { IncomingMessage } from "node:http";
import { getTRPCErrorShape, TRPCError } from "@trpc/server";
import { getHTTPStatusCode } from "@trpc/server/http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Outcome, outcomeOf, type Procedure, proceduresOf } from "../call-procedure.ts";
import type { RequestContext } from "../request-context.ts";
import type { AppRouter } from "../router.ts";

/** What both ways of serving are made from. */
export interface TypedCallOptions {
  readonly router: AppRouter;
  readonly maxBatchSize: number;
  readonly contextOf: (request: FastifyRequest) => RequestContext;
  /** Told of every call that fails, before its error is shaped. */
  readonly onError: (error: TRPCError, request: FastifyRequest) => void;
  /** The headers of an answer with these errors. */
  readonly headersOf: (errors: readonly TRPCError[]) => Readonly<Record<string, string>>;
}

type CallType = "query" | "mutation";

interface PlainCall {
  readonly path: string;
  readonly procedure: Procedure;
}

/** Calls that came in one request. */
export interface PlainCalls {
  readonly type: CallType;
  readonly calls: readonly PlainCall[];
  readonly isBatch: boolean;
  /** A JSON object, if it is JSON, or empty. */
  readonly inputs: string;
}

/** Reads a request; `null` when it is for tRPC's adapter. */
export type ReadPlainCalls = (request: FastifyRequest) => PlainCalls | null;

export function plainCallsReader({ router, maxBatchSize }: TypedCallOptions): ReadPlainCalls {
  const procedures = proceduresOf(router);
  return (request) => {
    const query = queryOf(request.raw);
    if (!isPlainRequest(request.raw, query)) return null;
    const isBatch = query.get("batch") === "1";
    const { path } = request.params as { readonly path: string };
    const calls = knownCalls(procedures, isBatch ? path.split(",") : [path]);
    const type = commonType(calls);
    const inputs = request.method === "GET" ? query.get("input") : request.body;
    if (type === null || !takes(type, request.method) || !mayBeObject(inputs)) return null;
    return calls.length <= maxBatchSize ? { type, calls, isBatch, inputs: inputs ?? "" } : null;
  };
}

/** None where one of them is unknown. */
function knownCalls(
  procedures: ReadonlyMap<string, Procedure>,
  paths: readonly string[],
): readonly PlainCall[] {
  const calls: PlainCall[] = [];
  for (const path of paths) {
    const procedure = procedures.get(path);
    if (procedure === undefined) return [];
    calls.push({ path, procedure });
  }
  return calls;
}

function isPlainRequest(raw: IncomingMessage, query: URLSearchParams): boolean {
  return hasPlainUrl(raw) && !query.has("connectionParams") && hasPlainHeaders(raw);
}

/** The adapter makes a URL of host and path, and refuses what cannot be one. */
function hasPlainUrl({ headers: { host = "localhost" }, url = "" }: IncomingMessage): boolean {
  return !url.includes("#") && !host.includes("@") && URL.canParse(`http://${host}`);
}

/** JSON is what comes, and in one piece is what is wanted. */
function hasPlainHeaders({ method, headers }: IncomingMessage): boolean {
  const { accept = "", "content-type": type = method === "GET" ? "application/json" : "" } = headers;
  const wantsStream = headers["trpc-accept"] !== undefined || accept.includes("application/jsonl");
  return /^application\/json\s*(;|$)/i.test(type) && !wantsStream;
}

function queryOf({ url = "" }: IncomingMessage): URLSearchParams {
  const start = url.indexOf("?");
  // Its sign included, of which one is left out, and only one.
  const query = start < 0 ? "" : url.slice(start);
  return usualQueries.get(query) ?? new URLSearchParams(query);
}

/** Those of nearly all calls. */
const usualQueries: ReadonlyMap<string, URLSearchParams> = new Map(
  ["", "?batch=1"].map((query) => [query, new URLSearchParams(query)]),
);

function commonType(calls: readonly PlainCall[]): CallType | null {
  const type = calls[0]?.procedure.type;
  return (type === "query" || type === "mutation") && calls.every(({ procedure }) => procedure.type === type)
    ? type
    : null;
}

/** A query may come as POST: a long list of people does not fit into a URL. */
function takes(type: CallType, method: string): boolean {
  return method === "POST" || (method === "GET" && type === "query");
}

/** Any other JSON is never right here, and how it is wrong the adapter knows. */
function mayBeObject(inputs: unknown): inputs is string | null | undefined {
  return (
    inputs === undefined ||
    inputs === null ||
    (typeof inputs === "string" && (inputs === "" || inputs.startsWith("{")))
  );
}

/** Makes the calls and sends their answers, with the status and the headers that the adapter would send. */
export async function answerPlainCalls(
  asked: PlainCalls,
  options: TypedCallOptions,
  exchange: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<void> {
  const outcomes = await outcomesOf(asked, options, exchange);
  const errors = outcomes.flatMap((outcome) => (outcome.ok ? [] : outcome.error));
  for (const error of errors) options.onError(error, exchange.request);
  const answers = outcomes.map((outcome, index) => {
    if (outcome.ok) return { result: { data: outcome.data } };
    const path = asked.calls[index]?.path;
    const config = options.router._def._config;
    const { error } = outcome;
    return {
      error: getTRPCErrorShape({ config, error, type: asked.type, path, input: undefined, ctx: undefined }),
    };
  });
  void exchange.reply
    .code(
      errors.length === 0
        ? 200
        : getHTTPStatusCode(
            answers,
            outcomes.map((outcome) => (outcome.ok ? undefined : outcome.error)),
          ),
    )
    .headers({
      "content-type": "application/json",
      ...options.headersOf(errors),
      vary: "trpc-accept, accept",
    })
    // A serializer of its own keeps Fastify from adding a charset to the type.
    .serializer(JSON.stringify)
    .send(asked.isBatch ? answers : answers[0]);
}

function outcomesOf(
  { calls, isBatch, inputs }: PlainCalls,
  { contextOf }: TypedCallOptions,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<readonly Outcome[]> {
  const ctx = contextOf(request);
  const signal = once(() => callerGone(reply));
  // Only once somebody asks: who may not call does not make us read.
  const allInputs = once(() => parseInputs(inputs));
  const outcomes = calls.map(({ path, procedure }, batchIndex) => {
    const getRawInput = isBatch ? once(() => allInputs().then((all) => all?.[batchIndex])) : allInputs;
    return outcomeOf(procedure, { path, ctx, getRawInput, signal, batchIndex });
  });
  return Promise.all(outcomes);
}

async function parseInputs(text: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new TRPCError({ code: "BAD_REQUEST", message: "the input is not valid JSON", cause });
  }
}

/** Aborts when the connection ends before the answer is complete. */
function callerGone({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const end = (): void => {
    if (!raw.writableEnded) controller.abort();
  };
  if (raw.closed) end();
  else raw.once("close", end);
  return controller.signal;
}

function once<T extends object>(make: () => T): () => T {
  let made: T | null = null;
  return () => (made ??= make());
}
