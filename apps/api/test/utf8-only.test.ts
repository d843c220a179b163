import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { idleServer } from "./idle-server.ts";
import { testToken } from "./test-tokens.ts";

let server: FastifyInstance;
let headers: Readonly<Record<string, string>>;
beforeAll(async () => {
  server = await idleServer();
  headers = { authorization: `Bearer ${await testToken()}`, "content-type": "application/json" };
});
afterAll(() => server.close());

const create = "/api/chats/create-or-get";
const trpcCreate = "/trpc/chat.createOrGet";

describe("text that is no UTF-8", () => {
  const bytes = (value: readonly number[]): Buffer =>
    Buffer.concat([Buffer.from('{"participants":["bob'), Buffer.from(value), Buffer.from('"]}')]);

  it.each([[[0xff]], [[0xc3]], [[0xed, 0xa0, 0x80]], [[0xf5, 0x80, 0x80, 0x80]], [[0xc0, 0x80]]])(
    "is refused in a body, on any route: %j",
    async (value) => {
      for (const url of [trpcCreate, create, "/dev/token", `${trpcCreate}?batch=1`]) {
        const answer = await server.inject({ method: "POST", url, headers, payload: bytes(value) });
        expect([answer.statusCode, answer.body]).toEqual([400, expect.stringContaining("not valid UTF-8")]);
      }
    },
  );

  it("is refused in a URL; a sign for per cent is text", async () => {
    for (const url of ["/api/chats?scope=%ff", `/trpc/chat.get?input=%7B%22id%22:%22%ed%a0%80%22%7D`])
      expect((await server.inject({ url, headers })).json()).toMatchObject({
        error: { message: "the URL is not valid UTF-8", data: { httpStatus: 400 } },
      });
    expect((await server.inject({ url: "/api/chats?limit=%C3%A4%zz", headers })).json()).toMatchObject({
      error: { message: expect.stringMatching(/^limit/) },
    });
  });

  it("is not what lies across two pieces of a body", async () => {
    const body = '{"participants":["","😀ü€"]}';
    const pieces = [...Buffer.from(body)].map((byte) => Buffer.from([byte]));
    for (const url of [trpcCreate, create]) {
      const payload = Readable.from(pieces);
      const answer = await server.inject({ method: "POST", url, headers, payload });
      expect(answer.json()).toMatchObject({ error: { message: "participants[0] is empty" } });
    }
  });
});
