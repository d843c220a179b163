import type { FastifyInstance, InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { idleServer } from "./idle-server.ts";
import { testToken } from "./test-tokens.ts";

interface Refusal {
  readonly message: string;
  readonly data: {
    readonly code: string;
    readonly httpStatus: number;
    readonly reason: string | null;
    readonly requestId: string | null;
    readonly path: string | null;
    readonly issues: readonly { readonly path: string }[];
  };
}

const log: string[] = [];
let server: FastifyInstance;
let authorization: string;

beforeAll(async () => {
  authorization = `Bearer ${await testToken()}`;
  server = await idleServer({ onLog: (line) => void log.push(line) });
});
afterAll(() => server.close());

const json = { "content-type": "application/json" };
const create = "/api/chats/create-or-get";
const trpcCreate = "/trpc/chat.createOrGet";

async function refused(request: InjectOptions & { readonly url: string }): Promise<Refusal> {
  const answer = await server.inject({ ...request, headers: { authorization, ...request.headers } });
  const { error } = answer.json<{ readonly error: Refusal }>();
  expect(answer.statusCode).toBe(error.data.httpStatus);
  expect(answer.headers["x-request-id"]).toBe(error.data.requestId);
  return error;
}

function post(
  url: string,
  payload: string,
  headers: Readonly<Record<string, string>> = json,
): InjectOptions & { readonly url: string } {
  return { method: "POST", url, payload, headers };
}

const trpcInput = (input: string): string => `?input=${encodeURIComponent(input)}`;

describe("a refusal", () => {
  it.each<{
    readonly name: string;
    readonly request: InjectOptions & { readonly url: string };
    readonly status: number;
  }>([
    {
      name: "JSON that is cut off (tRPC)",
      request: post(trpcCreate, '{"participants":["mallory",}'),
      status: 400,
    },
    {
      name: "JSON that is cut off (REST)",
      request: post(create, '{"participants":["mallory",}'),
      status: 400,
    },
    {
      name: "a query that is no JSON",
      request: { url: `/trpc/chat.get${trpcInput('{"id":mallory')}` },
      status: 400,
    },
    {
      name: "an unknown field (tRPC)",
      request: post(trpcCreate, '{"participants":["b"],"mallory":1}'),
      status: 400,
    },
    {
      name: "an unknown field (REST)",
      request: post(create, '{"participants":["b"],"mallory":1}'),
      status: 400,
    },
    { name: "an unknown parameter", request: { url: "/api/chats?mallory=1" }, status: 400 },
    {
      name: "a value of another type",
      request: post(create, '{"participants":[{"mallory":1}]}'),
      status: 400,
    },
    { name: "an id that is not one", request: post(create, '{"participants":[" mallory"]}'), status: 400 },
    { name: "an unknown procedure", request: { url: "/trpc/mallory" }, status: 404 },
    { name: "an unknown path", request: { url: "/mallory" }, status: 404 },
    { name: "an unknown path of the facade", request: { url: "/api/mallory" }, status: 404 },
    { name: "a path that is no URL", request: { url: "/api/chats/mallory%zz" }, status: 400 },
    { name: "a path that is no URL behind one that is", request: { url: "/trpc/mallory%25zz" }, status: 400 },
    {
      name: "a path that is too long",
      request: { url: `/trpc/${"mallory,".repeat(1_000)}?batch=1` },
      status: 414,
    },
    {
      name: "another content type (tRPC)",
      request: post(trpcCreate, "x", { "content-type": "text/mallory" }),
      status: 415,
    },
    {
      name: "another content type (REST)",
      request: post(create, "x", { "content-type": "text/mallory" }),
      status: 415,
    },
    {
      name: "too many calls",
      request: post(`/trpc/${Array(21).fill("chat.get").join(",")}?batch=1`, "{}"),
      status: 400,
    },
  ])("of $name names the request, and repeats nothing of it", async ({ request, status }) => {
    log.length = 0;
    const { data, ...error } = await refused(request);
    expect(data.httpStatus).toBe(status);
    expect(data.requestId).toMatch(/./);
    expect(JSON.stringify({ data, error })).not.toMatch(/mallory|node_modules/);
    const lines = log.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(lines).toMatchObject([{ msg: "request", status, requestId: data.requestId }]);
    expect(log.join("")).not.toMatch(/mallory/);
  });

  it("of a call names its procedure, over tRPC and over REST", async () => {
    for (const url of [create, trpcCreate])
      expect((await refused(post(url, '{"participants":[1]}'))).data.path).toBe("chat.createOrGet");
  });

  it("says the same over REST as over tRPC", async () => {
    for (const body of ['{"participants":[1]}', '{"participants":[""]}', "null", "[1]", '"text"', "{}"]) {
      const [overRest, overTrpc] = [await refused(post(create, body)), await refused(post(trpcCreate, body))];
      const unlike = { requestId: "" };
      expect({ ...overRest, data: { ...overRest.data, ...unlike } }).toEqual({
        ...overTrpc,
        data: { ...overTrpc.data, ...unlike },
      });
    }
  });

  it("of a hundred thousand wrong entries describes none of them", async () => {
    const participants = `{"participants":[${Array(100_000).fill(0).join(",")}]}`;
    for (const url of [create, trpcCreate])
      expect(await refused(post(url, participants))).toMatchObject({
        message: "participants has more than 1000 entries",
        data: { reason: "INVALID_PARTICIPANTS", issues: [] },
      });
  });
});

describe("a token whose sub cannot be anybody's id", () => {
  it.each(["/trpc/chat.list", "/trpc/admin.status", "/api/chats"])(
    "is no token at all, on %s",
    async (url) => {
      const headers = { authorization: `Bearer ${await testToken({ sub: " alice" })}` };
      const answer = await server.inject({ url, headers });
      expect([answer.statusCode, answer.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
      expect(answer.json()).toMatchObject({
        error: {
          message: "the token's sub is not a valid participant id",
          data: { code: "UNAUTHORIZED", reason: null, position: null },
        },
      });
    },
  );
});

describe("a body", () => {
  it.each([
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "text/plain",
    "application/jsonx",
    "application/json; charset=latin1",
    "application/x-www-form-urlencoded",
  ])("of type %s is no way in, on any route", async (type) => {
    for (const url of [trpcCreate, create, "/dev/token"])
      expect((await refused(post(url, '{"participants":["bob"]}', { "content-type": type }))).data.code).toBe(
        "UNSUPPORTED_MEDIA_TYPE",
      );
  });

  it("is JSON whatever the case and the parameters of its type", async () => {
    const headers = { "content-type": "Application/JSON; charset=utf-8" };
    for (const url of [trpcCreate, create])
      expect((await refused(post(url, '{"participants":[]}', headers))).data.reason).toBe(
        "INVALID_PARTICIPANTS",
      );
  });
});

describe("a parameter in a URL", () => {
  it.each([
    "limit=x",
    "limit=",
    "limit=1e1",
    "limit=0x5",
    "limit=5&limit=6",
    "limit=0",
    "limit=101",
    "after=",
  ])("that is wrong is refused, not passed over: %s", async (query) => {
    expect((await refused({ url: `/api/chats?${query}` })).data.httpStatus).toBe(400);
  });

  it("may be a number as text over REST only", async () => {
    await refused({ url: "/api/chats?limit=x" });
    expect(
      (await refused({ url: `/trpc/chat.list${trpcInput('{"limit":"5"}')}` })).data.issues,
    ).toMatchObject([{ path: "limit" }]);
  });
});

describe("a browser of a listed origin", () => {
  it("may read the request's id and when to come back", async () => {
    const answer = await server.inject({ url: "/api/chats", headers: { origin: "https://app.example" } });
    expect(answer.headers["access-control-expose-headers"]).toBe("x-request-id, retry-after");
  });
});
