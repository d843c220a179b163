/**
 * Calls a procedure as tRPC does, with its middlewares, schemas, resolver and errors. tRPC's own way copies all options of a
 * call for each middleware, three times and property by property, which was an eighth of what a call cost this process,
 * has a middleware for each schema and for the resolver, all of which wait with the call, and takes a signal that has to be
 * made whether or not anybody will ask for it. A test holds the two side by side.
 */
import { type AnyTRPCProcedure, type AnyTRPCRouter, getTRPCErrorFromUnknown, TRPCError } from "@trpc/server";
import { getParseFn } from "@trpc/server/unstable-core-do-not-import";

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

/** A procedure, taken apart. */
export interface Procedure {
  readonly type: string;
  readonly meta: unknown;
  /** Those before what follows, of which tRPC makes the last ones. */
  readonly middlewares: readonly Middleware[];
  readonly inputs: readonly Check[];
  readonly output: Check;
  readonly resolver: (options: MiddlewareOptions) => unknown;
}

type Middleware = (options: MiddlewareOptions) => Promise<Outcome>;
/** What a schema makes of a value, or a promise of it. */
type Check = (value: unknown) => unknown;
type Schema = Parameters<typeof getParseFn>[0];

/** What tRPC knows of a procedure and its types do not tell. */
interface Definition extends Pick<Procedure, "type" | "meta" | "resolver"> {
  readonly middlewares: readonly (Middleware & { readonly _type?: string })[];
  readonly inputs: readonly Schema[];
  readonly output?: Schema;
}

/** The procedures of a router by their whole path. */
export function proceduresOf(router: AnyTRPCRouter): ReadonlyMap<string, Procedure> {
  const procedures = Object.entries(router._def.procedures as Readonly<Record<string, AnyTRPCProcedure>>);
  return new Map(
    procedures.map(([path, { _def }]) => [path, takenApart(_def as unknown as Definition)] as const),
  );
}

/** From the end: the middleware of the resolver, that of the output, and those of the input that come right before them. */
function takenApart({ type, meta, middlewares, inputs, output, resolver }: Definition): Procedure {
  const isChecked = output !== undefined && middlewares.at(-2)?._type === "output";
  const checks = middlewares.slice(0, isChecked ? -2 : -1);
  const others = checks.slice(0, checks.findLastIndex(({ _type }) => _type !== "input") + 1);
  return {
    type,
    meta,
    middlewares: others,
    inputs: inputs.slice(inputs.length - (checks.length - others.length)).map(inputCheck),
    output: isChecked ? outputCheck(output) : (data) => data,
    resolver,
  };
}

function inputCheck(schema: Schema): Check {
  return checking(schema, (cause) => new TRPCError({ code: "BAD_REQUEST", cause }));
}

function outputCheck(schema: Schema): Check {
  const [code, message] = ["INTERNAL_SERVER_ERROR", "Output validation failed"] as const;
  return checking(schema, (cause) => new TRPCError({ code, message, cause }));
}

function checking(schema: Schema, refusal: (cause: unknown) => TRPCError): Check {
  const parse: Check = getParseFn(schema);
  const refuse = (cause: unknown): never => {
    throw refusal(cause);
  };
  return (value) => {
    try {
      const parsed = parse(value);
      return parsed instanceof Promise ? parsed.catch(refuse) : parsed;
    } catch (cause) {
      return refuse(cause);
    }
  };
}

/** @throws TRPCError what the procedure has failed with */
export async function callProcedure(procedure: Procedure, call: ProcedureCall): Promise<unknown> {
  const outcome = await outcomeOf(procedure, call);
  if (!outcome.ok) throw outcome.error;
  return outcome.data;
}

/** What a call has come to. */
export type Outcome =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: TRPCError };

/** {@link callProcedure}, with the error as a value; never rejects. */
export function outcomeOf(procedure: Procedure, call: ProcedureCall): Promise<Outcome> {
  const { ctx, getRawInput } = call;
  return outcomeAt(0, { procedure, call }, { ctx, input: undefined, getRawInput });
}

/** What one middleware may change for those after it. */
interface Passed {
  readonly ctx: object;
  readonly input: unknown;
  readonly getRawInput: () => Promise<unknown>;
}

interface Calling {
  readonly procedure: Procedure;
  readonly call: ProcedureCall;
}

/** No async function: what each of them keeps while it waits is what most of a batch's memory was. */
function outcomeAt(index: number, calling: Calling, passed: Passed): Promise<Outcome> {
  const middleware = calling.procedure.middlewares[index];
  if (middleware === undefined) return resolved(index, calling, passed);
  try {
    return middleware(new MiddlewareOptions(index, calling, passed)).catch(failed);
  } catch (cause) {
    return Promise.resolve(failed(cause));
  }
}

function failed(cause: unknown): Outcome {
  return { ok: false, error: getTRPCErrorFromUnknown(cause) };
}

/** The only function of this file that waits with the resolver. */
async function resolved(index: number, calling: Calling, passed: Passed): Promise<Outcome> {
  const { inputs, output, resolver } = calling.procedure;
  let { input } = passed;
  try {
    for (const check of inputs) {
      const checked = check(await passed.getRawInput());
      input = combined(input, checked instanceof Promise ? await checked : checked);
    }
    const data = output(await resolver(new MiddlewareOptions(index, calling, { ...passed, input })));
    return { ok: true, data: data instanceof Promise ? await data : data };
  } catch (cause) {
    return failed(cause);
  }
}

/** Of several schemas each adds its fields. */
function combined(input: unknown, checked: unknown): unknown {
  return isFields(input) && isFields(checked) ? { ...input, ...checked } : checked;
}

function isFields(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
    return this.#calling.procedure.type;
  }

  get meta(): unknown {
    return this.#calling.procedure.meta;
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
