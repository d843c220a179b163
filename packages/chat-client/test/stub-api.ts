import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the stub does with one request; the body has been read. */
export type StubAnswer = (request: StubRequest, response: ServerResponse) => void;

export interface StubRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

export interface StubApi extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly StubRequest[];
}

/** A server that answers the n-th request with the n-th answer, and later ones with the last. */
export async function stubApi(...answers: readonly StubAnswer[]): Promise<StubApi> {
  const requests: StubRequest[] = [];
  async function answerNext(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const received = { path: request.url ?? "", authorization: request.headers.authorization, body };
    requests.push(received);
    answers[Math.min(requests.length, answers.length) - 1]?.(received, response);
  }
  const server = createServer((request, response) => {
    void answerNext(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || "null");
}

const chat = { id: "c1", participants: ["alice", "bob"], scope: "", createdAt: null };

/** Answers every call of the request with the same chat. */
export function success({ path }: StubRequest, response: ServerResponse): void {
  const result = { result: { data: { chat, created: true } } };
  const calls = (path.split("?")[0] ?? "").split(",").length;
  const body = path.includes("batch=1") ? Array.from({ length: calls }, () => result) : result;
  response.setHeader("content-type", "application/json").end(JSON.stringify(body));
}

/** Refuses as the API does. */
export function refusal(httpStatus: number, code: string, reason: string | null, headers = {}): StubAnswer {
  const data = { code, httpStatus, reason, position: null, issues: [], requestId: "r1", path: null };
  return (_request, response) => {
    response.writeHead(httpStatus, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify({ error: { message: "no", code: -32000, data } }));
  };
}

/** The reply is lost: the connection ends before it was sent. */
export const lostReply: StubAnswer = (_request, response) => void response.socket?.resetAndDestroy();

/** Never answers. */
export const silence: StubAnswer = () => undefined;

/** What answers where no chat API is. */
export const loginPage: StubAnswer = (_request, response) => {
  response.setHeader("content-type", "text/html").end("<html>log in</html>");
};

/** What a proxy in front of the API might say. */
export function proxyError(headers = {}): StubAnswer {
  return (_request, response) => void response.writeHead(502, headers).end("<h1>Bad Gateway</h1>");
}

/** Answers the first call of a batch and refuses the others for a passing reason. */
export function mixedBatch(headers = {}): StubAnswer {
  const data = { code: "TOO_MANY_REQUESTS", httpStatus: 429, reason: null, position: null, issues: [] };
  const error = { message: "no", code: -32029, data: { ...data, requestId: "r1", path: null } };
  return ({ path }, response) => {
    const calls = (path.split("?")[0] ?? "").split(",").length;
    const answers = Array.from({ length: calls }, (_, call) =>
      call === 0 ? { result: { data: { chat, created: true } } } : { error },
    );
    response.writeHead(207, { "content-type": "application/json", ...headers }).end(JSON.stringify(answers));
  };
}

/** What a gateway says in JSON of its own: one that could be taken for tRPC's, by its field `error`. */
export function gatewayJson(status: number): StubAnswer {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", "retry-after": "0" });
    response.end(JSON.stringify({ error: { code: status, message: "from the gateway" } }));
  };
}

/** The connection breaks in the middle of a good answer. */
export const halfAnAnswer: StubAnswer = (_request, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"result":', () => response.socket?.resetAndDestroy());
};
