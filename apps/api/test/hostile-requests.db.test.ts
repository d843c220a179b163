import { connect as connectSocket } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, testApi, untilReadiness } from "./test-api.ts";
import { testToken } from "./test-tokens.ts";

let api: TestApi;
let authorization: string;
beforeAll(async () => {
  api = await testApi();
  await untilReadiness(api, 200);
  authorization = `Bearer ${await testToken()}`;
});
afterAll(() => api[Symbol.asyncDispose]());

interface RawAnswer {
  /** `null` when the connection was closed without a word. */
  readonly status: number | null;
  readonly body: string;
}

/** Sends bytes as they are, and reads until the server ends the connection. */
function raw(bytes: Buffer | string): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connectSocket(Number(new URL(api.url).port), "127.0.0.1", () => socket.end(bytes));
    socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1];
      resolve({
        status: status === undefined ? null : Number(status),
        // Without the sizes that frame a chunked body.
        body: /[[{].*[\]}]/s.exec(text.slice(text.indexOf("\r\n\r\n")))?.[0] ?? "",
      });
    });
  });
}

function post(path: string, body: string, headers: readonly string[] = []): string {
  const lines = [
    `POST ${path} HTTP/1.1`,
    "Host: a",
    "Connection: close",
    `Authorization: ${authorization}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** Answered well, or refused in the one shape and without anything of the inside. */
function expectAnswer({ status, body }: RawAnswer): void {
  expect(status === null || (status >= 200 && status < 500)).toBe(true);
  if (status === null || status < 400) return;
  const parsed = JSON.parse(body) as { readonly error?: { readonly data?: { readonly code?: string } } };
  const [first] = Array.isArray(parsed) ? (parsed as (typeof parsed)[]) : [parsed];
  expect(first?.error?.data?.code).toMatch(/^[A-Z_]+$/);
  expect(body).not.toMatch(/\bat .*\.[jt]s:\d+|node_modules|mongodb:/);
}

const paths = fc.constantFrom(
  "/api/chats/create-or-get",
  "/trpc/chat.createOrGet",
  "/trpc/chat.createOrGet?batch=1",
  "/trpc/chat.createOrGet,chat.createOrGet?batch=1",
);
const runs = { numRuns: 150 };

describe("whatever is sent", () => {
  it("as JSON gets an answer or a refusal", async () => {
    await fc.assert(
      fc.asyncProperty(paths, fc.json(), async (path, body) => expectAnswer(await raw(post(path, body)))),
      runs,
    );
  });

  it("as a list of participants gets an answer or a refusal", async () => {
    const entry = fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue(), fc.constant("__proto__"));
    const input = fc.record(
      { participants: fc.array(entry, { maxLength: 5 }), scope: fc.oneof(fc.string(), fc.jsonValue()) },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(input, async (body) =>
        expectAnswer(await raw(post("/api/chats/create-or-get", JSON.stringify(body)))),
      ),
      runs,
    );
  });

  it("as bytes of a body gets an answer or a refusal", async () => {
    await fc.assert(
      fc.asyncProperty(paths, fc.uint8Array({ maxLength: 200 }), async (path, bytes) => {
        const body = Buffer.from(bytes);
        const [head = ""] = post(path, "x".repeat(body.length)).split("\r\n\r\n");
        expectAnswer(await raw(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body])));
      }),
      runs,
    );
  });

  it("as headers gets an answer or a refusal", async () => {
    const name = fc.oneof(
      fc.constantFrom(
        "X-Request-Id",
        "Trpc-Accept",
        "Trpc-Batch-Mode",
        "Content-Encoding",
        "Transfer-Encoding",
      ),
      fc.constantFrom(
        "X-Forwarded-For",
        "X-Http-Method-Override",
        "Cookie",
        "Traceparent",
        "Expect",
        "Upgrade",
      ),
      fc.string(),
    );
    const header = fc
      .tuple(name, fc.oneof(fc.string(), fc.string({ unit: "binary" })))
      .map(([key, value]) => `${key}: ${value}`);
    await fc.assert(
      fc.asyncProperty(fc.array(header, { minLength: 1, maxLength: 5 }), async (headers) =>
        expectAnswer(await raw(post("/api/chats/create-or-get", '{"participants":["bob"]}', headers))),
      ),
      runs,
    );
  });

  it("as a path or a query gets an answer or a refusal", async () => {
    const part = fc.string().map((text) => text.replaceAll(/[\s#]/g, "%20"));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("/api/chats/", "/api/chats?", "/trpc/", "/trpc/chat.list?input=", "/"),
        part,
        async (root, rest) => {
          const head = `GET ${root}${rest} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: ${authorization}\r\n\r\n`;
          expectAnswer(await raw(head));
        },
      ),
      runs,
    );
  });

  it("as a token is refused with 401, unless it is one", async () => {
    const part = fc.string({ unit: fc.constantFrom("a", "Z", "0", "9", "-", "_", "=", "+", "/", "~") });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 4 }), async (parts) => {
        const answer = await fetch(`${api.url}/api/chats`, {
          headers: { authorization: `Bearer ${parts.join(".")}` },
        });
        expect(answer.status).toBe(401);
        await answer.arrayBuffer();
      }),
      runs,
    );
  });

  it("changes nothing for others: no prototype, no process, no chat without its key", async () => {
    for (const body of [
      '{"participants":["bob"],"__proto__":{"polluted":true}}',
      '{"constructor":{"prototype":{"polluted":true}},"participants":["bob"]}',
      '{"participants":{"__proto__":{"polluted":true},"length":1,"0":"bob"}}',
      '{"__proto__":{"participants":["bob"]}}',
    ])
      expect((await raw(post("/api/chats/create-or-get", body))).status).toBe(400);
    const answer = await fetch(
      `${api.url}/api/chats?__proto__[polluted]=1&constructor.prototype.polluted=1`,
      {
        headers: { authorization },
      },
    );
    expect(answer.status).toBe(400);
    expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined();
    expect(await api.chats.chats.countDocuments({ participantsKey: { $exists: false } })).toBe(0);
    expect((await api.request("/livez")).status).toBe(200);
  });

  it("leaves no token, no secret and no id of a person in the log", async () => {
    await api.request("/api/chats/create-or-get", {
      method: "POST",
      body: JSON.stringify({ participants: ["mallory"] }),
    });
    await api.request("/api/chats?participant=mallory");
    await api.request("/api/chats/mallory");
    await api.request(`/trpc/chat.find?input=${encodeURIComponent('{"participants":["mallory"]}')}`);
    const log = api.log.join("");
    expect(log).toContain('"msg":"request"');
    expect(log).not.toMatch(/mallory|eyJ|Bearer|mongodb:\/\//);
  });
});

describe("people and scopes", () => {
  const callers = ["alice", "bob", "mallory"] as const;

  it("see their own chats only, by id, by people and in lists", async () => {
    const post_ = (body: object, caller: string): Promise<Response> =>
      api.request("/api/chats/create-or-get", { method: "POST", body: JSON.stringify(body), caller });
    const { chat } = (await (await post_({ participants: ["bob"], scope: "team-1" }, "alice")).json()) as {
      readonly chat: { readonly id: string };
    };
    const seen = async (caller: string): Promise<readonly unknown[]> => {
      const byId = await api.request(`/api/chats/${chat.id}`, { caller });
      const list = (await (await api.request("/api/chats?scope=team-1", { caller })).json()) as {
        readonly chats: readonly { readonly id: string }[];
      };
      return [byId.status, list.chats.some(({ id }) => id === chat.id)];
    };
    expect(await Promise.all(callers.map(seen))).toEqual([
      [200, true],
      [200, true],
      [404, false],
    ]);
  });

  it("of one scope are not found from another", async () => {
    const find = async (scope: string | undefined, caller: string): Promise<unknown> => {
      const input = encodeURIComponent(JSON.stringify({ participants: ["alice", "bob"], scope }));
      const answer = await api.request(`/trpc/chat.find?input=${input}`, { caller });
      return ((await answer.json()) as { readonly result: { readonly data: unknown } }).result.data;
    };
    expect(await find("team-1", "alice")).toMatchObject({ scope: "team-1" });
    expect(await find("team-2", "alice")).toBeNull();
    // Somebody else who asks is among the people asked for, and that is another chat.
    expect(await find("team-1", "mallory")).toBeNull();
  });
});
