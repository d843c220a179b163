/**
 * Calls a procedure as tRPC does, with tRPC's own middlewares, resolvers and errors. Its own way copies all options of a
 * call for each middleware, three times and property by property, which was an eighth of what a call cost this process,
 * and takes a signal that has to be made whether or not anybody will ask for it. A test holds the two side by side.
 */
import {
  type AnyTRPCProcedure,
  type AnyTRPCRouter,
  getTRPCErrorFromUnknown,
  type TRPCError,
} from "@trpc/server";

/** A call of a procedure, as far as it is not the procedure's own. */
export interface ProcedureCall {
  readonly path: string;
  readonly ctx: object;
  readonly getRawInput: () => Promise<unknown>;
  /** What ends when the caller has gone, made for those who ask. */
  readonly signal: () => AbortSignal | undefined;
  /** Its place among the calls of one request. */
  readonly batchIndex: number;
}

/** The procedures of a router by their whole path, which the types do not tell. */
export function proceduresOf(router: AnyTRPCRouter): ReadonlyMap<string, AnyTRPCProcedure> {
  return new Map(Object.entries(router._def.procedures as Readonly<Record<string, AnyTRPCProcedure>>));
}

/** @throws TRPCError what the procedure has failed with */
export async function callProcedure(procedure: AnyTRPCProcedure, call: ProcedureCall): Promise<unknown> {
  const outcome = await outcomeOf(procedure, call);
  if (!outcome.ok) throw outcome.error;
  return outcome.data;
}

/** What a call has come to. */
export type Outcome =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: TRPCError };

/** {@link callProcedure}, with the error as a value; never rejects. */
export function outcomeOf(procedure: AnyTRPCProcedure, call: ProcedureCall): Promise<Outcome> {
  const { ctx, getRawInput } = call;
  return outcomeAt(0, { procedure, call }, { ctx, input: undefined, getRawInput });
}

/** What one middleware may change for those after it. */
interface Passed {
  readonly ctx: object;
  readonly input: unknown;
  readonly getRawInput: () => Promise<unknown>;
}

type Middleware = (options: MiddlewareOptions) => Promise<Outcome>;

interface Calling {
  readonly procedure: AnyTRPCProcedure;
  readonly call: ProcedureCall;
}

/** No async function: what each of them keeps while it waits is what most of a batch's memory was. */
function outcomeAt(index: number, calling: Calling, passed: Passed): Promise<Outcome> {
  try {
    const middleware = middlewareAt(index, calling.procedure);
    return middleware(new MiddlewareOptions(index, calling, passed)).catch(failed);
  } catch (cause) {
    return Promise.resolve(failed(cause));
  }
}

function failed(cause: unknown): Outcome {
  return { ok: false, error: getTRPCErrorFromUnknown(cause) };
}

/** The last one calls the resolver, and no next. */
function middlewareAt(index: number, { _def }: AnyTRPCProcedure): Middleware {
  const { middlewares } = _def as unknown as { readonly middlewares: readonly Middleware[] };
  const middleware = middlewares[index];
  if (middleware === undefined) throw new Error("a resolver has asked for the next middleware");
  return middleware;
}

/** What middlewares and resolvers are called with, by the names that tRPC gives it. */
class MiddlewareOptions {
  readonly ctx: object;
  readonly input: unknown;
  readonly getRawInput: () => Promise<unknown>;
  readonly #index: number;
  readonly #calling: Calling;

  constructor(index: number, calling: Calling, passed: Passed) {
    this.ctx = passed.ctx;
    this.input = passed.input;
    this.getRawInput = passed.getRawInput;
    this.#index = index;
    this.#calling = calling;
  }

  get next(): (changes?: Partial<Passed>) => Promise<Outcome> {
    return (changes) => outcomeAt(this.#index + 1, this.#calling, changed(this, changes));
  }

  get path(): string {
    return this.#calling.call.path;
  }

  get type(): string {
    return this.#calling.procedure._def.type;
  }

  get meta(): unknown {
    return this.#calling.procedure._def.meta;
  }

  get signal(): AbortSignal | undefined {
    return this.#calling.call.signal();
  }

  get batchIndex(): number {
    return this.#calling.call.batchIndex;
  }
}

function changed(passed: Passed, changes: Partial<Passed> | undefined): Passed {
  if (changes === undefined) return passed;
  return {
    ctx: changes.ctx === undefined ? passed.ctx : { ...passed.ctx, ...changes.ctx },
    input: "input" in changes ? changes.input : passed.input,
    getRawInput: changes.getRawInput ?? passed.getRawInput,
  };
}
