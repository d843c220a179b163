import { connect as connectSocket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, testApi, untilReadiness } from "./test-api.ts";
import { testToken, unsignedToken } from "./test-tokens.ts";

const createPath = "/api/chats/create-or-get";
const trpcPath = "/trpc/chat.createOrGet";

interface BadRequest {
  readonly name: string;
  readonly body: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;

const badBodies: readonly BadRequest[] = [
  { name: "JSON that is cut off", body: '{"participants":["bob"', status: 400 },
  { name: "no JSON at all", body: "participants=bob", status: 400 },
  { name: "an empty body", body: "", status: 400 },
  { name: "null", body: "null", status: 400 },
  { name: "a list", body: '["bob"]', status: 400 },
  { name: "an unknown field", body: '{"participants":["bob"],"set":{"a":1}}', status: 400 },
  { name: "an operator in place of an id", body: '{"participants":[{"$ne":null}]}', status: 400 },
  { name: "an operator in place of the list", body: '{"participants":{"$in":["bob"]}}', status: 400 },
  {
    name: "an operator in place of the scope",
    body: '{"participants":["bob"],"scope":{"$gt":""}}',
    status: 400,
  },
  { name: "numbers, nulls and lists as ids", body: '{"participants":[1,null,["bob"]]}', status: 400 },
  { name: "an empty list", body: '{"participants":[]}', status: 400 },
  { name: "an empty id", body: '{"participants":["bob",""]}', status: 400 },
  { name: "a lone surrogate", body: '{"participants":["\\ud800"]}', status: 400 },
  {
    name: "101 people",
    body: JSON.stringify({ participants: Array.from({ length: 101 }, (_, i) => `u${i}`) }),
    status: 400,
  },
  {
    name: "a prototype as a field",
    body: '{"participants":["bob"],"__proto__":{"created":true}}',
    status: 400,
  },
  { name: "2 MB", body: JSON.stringify({ participants: ["x".repeat(2_000_000)] }), status: 413 },
  { name: "100,000 nested lists", body: `{"participants":${deep}}`, status: 400 },
  {
    name: "a form",
    body: "participants=bob",
    status: 415,
    headers: { "content-type": "application/x-www-form-urlencoded" },
  },
];

describe("bad input", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await testApi();
    await untilReadiness(api, 200);
  });
  afterAll(async () => {
    expect(await api.chats.chats.countDocuments()).toBe(0);
    expect((await api.request("/livez")).status).toBe(200);
    await api[Symbol.asyncDispose]();
  });

  async function expectOneShape(answer: Response, status: number): Promise<void> {
    const body: unknown = await answer.json();
    const [first] = Array.isArray(body) ? (body as unknown[]) : [body];
    expect(answer.status).toBe(status);
    expect(first).toMatchObject({
      error: {
        message: expect.stringMatching(/./),
        code: expect.any(Number),
        data: { code: expect.stringMatching(/^[A-Z_]+$/), httpStatus: status },
      },
    });
    expect(Object.keys((first as { error: { data: object } }).error.data).toSorted()).toEqual([
      "code",
      "httpStatus",
      "issues",
      "path",
      "position",
      "reason",
      "requestId",
    ]);
    expect(JSON.stringify(body)).not.toMatch(/\bat .*\.[jt]s:\d+|node_modules/);
  }

  describe.each([createPath, trpcPath])("to %s", (path) => {
    it.each(badBodies)("is refused in the one shape: $name", async ({ body, status, headers }) => {
      await expectOneShape(
        await api.request(path, { method: "POST", body, ...(headers ? { headers } : {}) }),
        status,
      );
    });

    it("without a token, or with one that is expired, unsigned or for somebody else, is 401", async () => {
      const tokens = [
        await testToken({ expiresIn: "-1h" }),
        await testToken({ audience: "other" }),
        unsignedToken("alice"),
        "x",
      ];
      for (const authorization of [undefined, ...tokens.map((token) => `Bearer ${token}`)]) {
        const headers = authorization === undefined ? {} : { authorization };
        const answer = await api.request(path, {
          method: "POST",
          body: '{"participants":["bob"]}',
          headers,
          caller: null,
        });
        expect(answer.headers.get("www-authenticate")).toBe("Bearer");
        await expectOneShape(answer, 401);
      }
    });
  });

  it("that is wrong for one participant tells which and why", async () => {
    for (const [participants, position] of [
      [["bob", " carol"], 1],
      [["bob", { $ne: null }], 1],
      [[""], 0],
    ] as const) {
      const answer = await api.request(createPath, {
        method: "POST",
        body: JSON.stringify({ participants }),
      });
      expect(await answer.json()).toMatchObject({
        error: { data: { reason: "INVALID_PARTICIPANTS", position } },
      });
    }
  });

  it("of paths and methods that do not exist has the one shape", async () => {
    await expectOneShape(await api.request("/nowhere"), 404);
    await expectOneShape(await api.request("/api/nowhere"), 404);
    await expectOneShape(await api.request("/trpc/chat.nothing"), 404);
    await expectOneShape(await api.request("/trpc/chat.createOrGet"), 405);
    await expectOneShape(await api.request("/api/chats/%E0%A4%A"), 400);
    await expectOneShape(await api.request("/api/chats/{$ne:null}"), 404);
    await expectOneShape(await api.request("/api/chats?limit=1000"), 400);
    await expectOneShape(await api.request("/api/chats?limit[$gt]=1"), 400);
  });

  it("of more calls in a batch than allowed is refused, whether the path still fits or not", async () => {
    const batch = async (calls: number): Promise<Response> => {
      const path = Array.from({ length: calls }, () => "chat.createOrGet").join(",");
      const inputs = Object.fromEntries(
        Array.from({ length: calls }, (_, call) => [call, { participants: [""] }]),
      );
      return api.request(`/trpc/${path}?batch=1`, { method: "POST", body: JSON.stringify(inputs) });
    };
    await expectOneShape(await batch(21), 400);
    await expectOneShape(await batch(100), 414);
    await expectOneShape(await batch(10_000), 431);
    await expectOneShape(await batch(20), 400);
  });

  it("that names no host, or expects what nobody can do, has the one shape", async () => {
    for (const [lines, status] of [
      [["GET /nowhere HTTP/1.1", "Connection: close"], 404],
      [["GET /livez HTTP/1.1", "Host: a", "Expect: banana", "Connection: close"], 417],
    ] as const) {
      const answer = await raw(api.url, `${lines.join("\r\n")}\r\n\r\n`);
      expect(answer).toContain(`HTTP/1.1 ${status} `);
      expect(answer).toContain(`"httpStatus":${status}`);
    }
  });

  it("asking for a streamed answer gets a plain one, with its status", async () => {
    const init = { headers: { "trpc-accept": "application/jsonl" } };
    const answer = await api.request("/trpc/chat.get,chat.get?batch=1&input=%7B%7D", init);
    await expectOneShape(answer, 400);
  });

  it("is answered with a type even where no call was looked at", async () => {
    const path = Array.from({ length: 21 }, () => "chat.get").join(",");
    const answer = await api.request(`/trpc/${path}?batch=1`);
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  });

  it("that is no HTTP, or ends half-way, is answered or dropped, and hurts nobody", async () => {
    const { port } = new URL(api.url);
    const answer = await raw(api.url, "NONSENSE\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect(JSON.parse(answer.slice(answer.indexOf("{")))).toMatchObject({
      error: { data: { httpStatus: 400 } },
    });
    const halfway = connectSocket(Number(port), "127.0.0.1", () =>
      halfway.write("POST /trpc HTTP/1.1\r\nHost: a\r\n"),
    );
    await new Promise((resolve) => halfway.once("connect", resolve));
    halfway.resetAndDestroy();
    expect((await api.request("/livez")).status).toBe(200);
  });
});

/** What a server says to a few bytes, until it ends the connection. */
function raw(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(Number(new URL(url).port), "127.0.0.1", () => socket.write(bytes));
    let text = "";
    socket
      .on("data", (chunk) => (text += chunk.toString()))
      .on("end", () => resolve(text))
      .on("error", reject);
  });
}
