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

function routerOf(before: readonly MiddlewareName[], resolver: (typeof resolvers)[number]): AnyTRPCRouter {
  const base = before.reduce((procedure, name) => procedure.use(middlewares[name]), t.procedure);
  const text = z.object({ text: z.string() });
  return t.router({
    inner: t.router({
      ask: base
        .meta({ of: "ask" })
        .input(text)
        .output(
          z.object({ ctx: z.unknown(), input: z.object({ text: z.string().min(1) }), isOver: z.boolean() }),
        )
        .query(({ ctx, input, signal }) => {
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
    const input = fc.oneof(fc.constant({ text: "a" }), fc.constant({ text: 1 }), fc.constant(undefined));
    const asked = fc.record({
      before: fc.array(fc.constantFrom(...names), { maxLength: 5 }),
      resolver: fc.constantFrom(...resolvers),
      input,
      batchIndex: fc.nat({ max: 3 }),
      isOver: fc.boolean(),
    });
    let succeeded = 0;
    const compared = fc.asyncProperty(asked, async ({ before, resolver, input: raw, batchIndex, isOver }) => {
      const router = routerOf(before, resolver);
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
