import {
  type AnyTRPCRouter,
  callTRPCProcedure,
  getTRPCErrorFromUnknown,
  initTRPC,
  TRPCError,
} from "@trpc/server";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { callProcedure, proceduresOf, type ProcedureCall } from "../src/call-procedure.ts";

const t = initTRPC.context<object>().meta<{ readonly of: string }>().create();

const foreseen = new TRPCError({ code: "FORBIDDEN", message: "not you" });

/** All that a middleware may do, by name. */
const doings = {
  passes: t.middleware(({ next }) => next()),
  addsToContext: t.middleware(({ ctx, next }) => next({ ctx: { depth: Object.keys(ctx).length, added: 1 } })),
  changesRawInput: t.middleware(({ next }) => next({ getRawInput: async () => ({ text: "changed" }) })),
  refuses: t.middleware(() => Promise.reject(foreseen)),
  breaks: t.middleware(() => {
    throw new RangeError("broken");
  }),
  breaksAfter: t.middleware(async ({ next }) => {
    await next();
    throw new RangeError("broken after");
  }),
  answersAnew: t.middleware(async ({ next }) => {
    const result = await next();
    return result.ok ? { ...result, data: { replaced: result.data } } : { ...result, error: foreseen };
  }),
  asksTwice: t.middleware(async ({ next, getRawInput }) => {
    await getRawInput();
    await next();
    return next();
  }),
  looks: t.middleware(({ path, type, meta, input, batchIndex, next }) =>
    next({ ctx: { seen: { path, type, meta, input, batchIndex } } }),
  ),
};

type MiddlewareName = keyof typeof doings;
const names = Object.keys(doings) as readonly MiddlewareName[];
/** What each adds to the context is no matter of types here. */
const middlewares = doings as unknown as Readonly<Record<MiddlewareName, typeof doings.passes>>;

const resolvers = ["answers", "refuses", "breaks", "answersWrongly"] as const;

const base = t.procedure.meta({ of: "ask" });
const text = z.object({ text: z.string() });
const more = z.object({ text: z.string().optional(), more: z.number().default(1) });
const slow = text.refine(async ({ text: given }) => given !== "");
const answer = z.object({
  ctx: z.unknown(),
  input: z.looseObject({ text: z.string().min(1) }),
  isOver: z.boolean(),
});
const slowAnswer = answer.refine(async ({ isOver }) => !isOver);

/** Where schemas stand among a procedure's middlewares. */
const procedures = {
  usual: (of: typeof base) => of.input(text).output(answer),
  several: (of: typeof base) => of.input(text).input(more).output(answer),
  between: (of: typeof base) => of.input(text).use(doings.looks).input(more).output(answer),
  behind: (of: typeof base) => of.input(text).output(answer).use(doings.looks),
  outputFirst: (of: typeof base) => of.output(answer).input(text).input(more),
  slow: (of: typeof base) => of.input(slow).output(slowAnswer),
  unchecked: (of: typeof base) => of.input(text),
} as unknown as Readonly<Record<string, (of: typeof base) => ReturnType<typeof usual>>>;

function usual(of: typeof base) {
  return of.input(text).output(answer);
}

interface Asked {
  readonly before: readonly MiddlewareName[];
  readonly shape: string;
  readonly resolver: (typeof resolvers)[number];
}

function routerOf({ before, shape, resolver }: Asked): AnyTRPCRouter {
  const shaped = procedures[shape] ?? usual;
  const procedure = shaped(before.reduce((of, name) => of.use(middlewares[name]), base));
  return t.router({
    inner: t.router({
      ask: procedure.query(({ ctx, input, signal }) => {
        if (resolver === "refuses") throw foreseen;
        if (resolver === "breaks") throw new TypeError("no answer");
        const isOver = signal?.aborted === true;
        return { ctx, input: resolver === "answersWrongly" ? { text: "" } : input, isOver };
      }),
    }),
  });
}

async function ended(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return { data: await call() };
  } catch (cause) {
    const { code, message, cause: reason } = getTRPCErrorFromUnknown(cause);
    return { code, message, reason: String(reason) };
  }
}

describe("calling a procedure", () => {
  it("comes to what tRPC's own call comes to, whatever its middlewares do", async () => {
    const right = { weight: 3, arbitrary: fc.constant({ text: "a" }) };
    const input = fc.oneof(right, fc.constant({ text: 1 }), fc.constant(undefined));
    const asked = fc.record({
      before: fc.array(fc.constantFrom(...names), { maxLength: 5 }),
      shape: fc.constantFrom(...Object.keys(procedures)),
      resolver: fc.constantFrom(...resolvers),
      input,
      batchIndex: fc.nat({ max: 3 }),
      isOver: fc.boolean(),
    });
    let succeeded = 0;
    const compared = fc.asyncProperty(asked, async ({ input: raw, batchIndex, isOver, ...of }) => {
      const router = routerOf(of);
      const signal = isOver ? AbortSignal.abort() : undefined;
      const common = {
        path: "inner.ask",
        ctx: { caller: "alice" },
        batchIndex,
        getRawInput: async () => raw,
      };
      const expected = await ended(() => callTRPCProcedure({ router, type: "query", signal, ...common }));
      const own = await ended(() => called(router, { ...common, signal: () => signal }));
      expect(own).toEqual(expected);
      if (own instanceof Object && "data" in own) succeeded += 1;
    });
    await fc.assert(compared, { numRuns: 1_000, seed: 1 });
    expect(succeeded).toBeGreaterThan(50);
  });

  it("makes no signal for those who do not ask for it", async () => {
    const router = t.router({ ask: t.procedure.query(() => "answer") });
    const call: ProcedureCall = {
      path: "ask",
      ctx: {},
      batchIndex: 0,
      getRawInput: async () => undefined,
      signal: () => {
        throw new Error("nobody asks for it");
      },
    };
    expect(await called(router, call)).toBe("answer");
  });
});

async function called(router: AnyTRPCRouter, call: ProcedureCall): Promise<unknown> {
  const procedure = proceduresOf(router).get(call.path);
  if (procedure === undefined) throw new Error(`there is no ${call.path}`);
  return callProcedure(procedure, call);
}
