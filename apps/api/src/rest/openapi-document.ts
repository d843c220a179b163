import { errorReasons, type ErrorShape } from "@onechat/chat-router";
import { generateOpenApiDocument } from "trpc-to-openapi";
import { z } from "zod";
import { appRouter } from "../router.ts";

/** {@link ErrorShape} for readers of the document. */
const ErrorAnswer = z
  .object({
    error: z.object({
      message: z.string(),
      code: z.int().describe("The JSON-RPC number of data.code"),
      data: z.object({
        code: z.string().describe("The name of the status, such as BAD_REQUEST"),
        httpStatus: z.int(),
        reason: z.enum(errorReasons).nullable(),
        position: z.int().nullable().describe("Which of the participants is to blame, counted from 0"),
        issues: z
          .array(z.object({ path: z.string(), code: z.string(), message: z.string() }))
          .meta({ description: "What is wrong with single fields of the input", minItems: 0, maxItems: 20 }),
        requestId: z.string().nullable(),
        path: z.string().nullable().describe("The procedure that was called"),
      }),
    }),
  })
  .meta({
    description: "Every error has this shape",
    examples: [
      {
        error: {
          message: "participants[1] is empty",
          code: -32_600,
          data: {
            code: "BAD_REQUEST",
            httpStatus: 400,
            reason: "INVALID_PARTICIPANTS",
            position: 1,
            issues: [],
            requestId: "req-1",
            path: "chat.createOrGet",
          },
        },
      },
    ],
  }) satisfies z.ZodType<{
  readonly error: Omit<ErrorShape, "code"> & { readonly code: number };
}>;

export type OpenApiDocument = ReturnType<typeof generateOpenApiDocument>;

/** The REST facade's description, made from the router. */
export function openApiDocument(version: string): OpenApiDocument {
  const document = generateOpenApiDocument(appRouter, {
    title: "onechat",
    description: "Exactly one chat per set of people.",
    version,
    license: { name: "MIT", url: "https://spdx.org/licenses/MIT.html" },
    contact: { name: "onechat" },
    baseUrl: "/api",
    securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    defs: { ChatError: ErrorAnswer },
  });
  return withOneErrorShape(document);
}

/** The generator describes errors as its own server would answer them; this one answers all in one shape. */
function withOneErrorShape(document: OpenApiDocument): OpenApiDocument {
  const schemas = Object.entries(document.components?.schemas ?? {});
  const paths = Object.entries(document.paths ?? {});
  return {
    ...document,
    tags: [{ name: "chats", description: "The one chat of each set of people" }],
    components: {
      ...document.components,
      schemas: Object.fromEntries(schemas.filter(([name]) => !name.startsWith("error."))),
    },
    paths: Object.fromEntries(paths.map(([path, item]) => [path, withOwnErrors(item)])),
  };
}

type PathItem = NonNullable<OpenApiDocument["paths"]>[string];
export type Operation = NonNullable<PathItem["get"]>;

function withOwnErrors({ get, post }: PathItem): PathItem {
  return {
    ...(get === undefined ? {} : { get: withErrorAnswers(get) }),
    ...(post === undefined ? {} : { post: withErrorAnswers(post) }),
  };
}

function withErrorAnswers(operation: Operation): Operation {
  const content = { "application/json": { schema: { $ref: "#/components/schemas/ChatError" } } };
  const responses = Object.entries<object>(operation.responses ?? {}).map(([status, response]) => [
    status,
    Number(status) >= 400 ? { ...response, ...headersOf(Number(status)), content } : response,
  ]);
  return { ...operation, responses: Object.fromEntries(responses) };
}

function headersOf(status: number): object {
  if (status === 401) return header("WWW-Authenticate", "How to say who one is", { type: "string" });
  if (status !== 429 && status !== 503) return {};
  return header("Retry-After", "Seconds until it is worth asking again; absent where it is not", {
    type: "integer",
    minimum: 1,
  });
}

function header(name: string, description: string, schema: object): object {
  return { headers: { [name]: { description, schema } } };
}
