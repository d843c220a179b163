import type { FastifyInstance, FastifyRequest } from "fastify";
import { callProcedure, proceduresOf } from "../call-procedure.ts";
import { type OpenApiDocument, openApiDocument, type Operation } from "./openapi-document.ts";
import type { RequestContext } from "../request-context.ts";
import { appRouter } from "../router.ts";

export interface RestOptions {
  readonly version: string;
  readonly contextOf: (request: FastifyRequest) => RequestContext;
}

/** The REST facade: the document, and a route for each of its operations that calls the procedure behind it. */
export async function rest(server: FastifyInstance, { version, contextOf }: RestOptions): Promise<void> {
  const document = openApiDocument(version);
  const procedures = proceduresOf(appRouter);
  server.get("/openapi.json", () => document);
  for (const route of restRoutes(document)) {
    const procedure = procedures.get(route.procedure);
    if (procedure === undefined) throw new Error(`there is no procedure ${route.procedure}`);
    server.route({
      method: route.method,
      url: route.url,
      config: { procedure: route.procedure },
      handler: async (request, reply) => {
        const answer = await callProcedure(procedure, {
          path: route.procedure,
          ctx: contextOf(request),
          getRawInput: async () => inputOf(request, route),
          signal: () => undefined,
          batchIndex: 0,
        });
        // Fastify would answer nothing at all.
        return answer === null ? reply.type("application/json; charset=utf-8").send("null") : answer;
      },
    });
  }
}

interface RestRoute {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly procedure: string;
  /** Parameters that are numbers, though a URL has only text. */
  readonly numbers: ReadonlySet<string>;
}

/** The document decides: what it does not describe cannot be called, and what it describes is there. */
function restRoutes({ paths = {} }: OpenApiDocument): readonly RestRoute[] {
  return Object.entries(paths).flatMap(([path, { get, post }]) => {
    const url = path.replaceAll(/\{(\w+)\}/g, ":$1");
    return [
      ...(get === undefined ? [] : [restRoute("GET", url, get)]),
      ...(post === undefined ? [] : [restRoute("POST", url, post)]),
    ];
  });
}

function restRoute(method: "GET" | "POST", url: string, operation: Operation): RestRoute {
  const parameters = (operation.parameters ?? []).filter((parameter) => "name" in parameter);
  const numbers = parameters.filter(
    ({ schema }) => schema !== undefined && "type" in schema && schema.type === "integer",
  );
  return {
    method,
    url,
    // The generator names an operation by its procedure, with dashes for dots.
    procedure: (operation.operationId ?? "").replaceAll("-", "."),
    numbers: new Set(numbers.map(({ name }) => name)),
  };
}

function inputOf(request: FastifyRequest, { method, numbers }: RestRoute): unknown {
  if (method === "POST") return request.body;
  const entries = [...entriesOf(request.query), ...entriesOf(request.params)];
  return Object.fromEntries(
    entries.map(([name, value]) => [name, numbers.has(name) ? numberIn(value) : value]),
  );
}

function entriesOf(record: unknown): readonly (readonly [string, unknown])[] {
  return typeof record === "object" && record !== null ? Object.entries(record) : [];
}

/** Text that is no whole number stays what it is, and is refused by the procedure's schema. */
function numberIn(value: unknown): unknown {
  return typeof value === "string" && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
}
