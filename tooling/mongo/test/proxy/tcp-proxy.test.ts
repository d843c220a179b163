import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tcpProxy, type TcpProxy } from "../../src/faults/tcp-proxy.ts";

/** Answers every line with "did " and the line, and remembers what it was asked to do. */
interface Doer extends AsyncDisposable {
  readonly port: number;
  readonly did: string[];
}

async function doer(): Promise<Doer> {
  const did: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    socket.on("data", (data: Buffer) => {
      did.push(data.toString());
      socket.write(`did ${data.toString()}`);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    did,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

/** What comes back on a new connection: an answer, or the code of what went wrong. */
async function ask(port: number, request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  try {
    socket.write(request);
    const [answer] = (await once(socket, "data")) as [Buffer];
    return answer.toString();
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "no error";
  } finally {
    socket.destroy();
  }
}

describe("a proxy between two processes", () => {
  let server: Doer;
  let proxy: TcpProxy;
  beforeEach(async () => {
    server = await doer();
    proxy = await tcpProxy({
      host: "127.0.0.1",
      port: server.port,
      changes: (request) => request.includes("change"),
    });
  });
  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it("passes on what both say", async () => {
    expect(await ask(proxy.port, "change one")).toBe("did change one");
    expect(proxy.struck()).toBe(0);
  });

  it("loses every second reply to a change, after the change was made", async () => {
    proxy.loseReplies();
    const answers = [await ask(proxy.port, "change one"), await ask(proxy.port, "change two")];
    expect(answers).toEqual(["ECONNRESET", "did change two"]);
    expect(server.did).toEqual(["change one", "change two"]);
    expect(proxy.struck()).toBe(1);
  });

  it("does not lose the answers to questions", async () => {
    proxy.loseReplies();
    expect([await ask(proxy.port, "look"), await ask(proxy.port, "look")]).toEqual(["did look", "did look"]);
  });

  it("resets what is connected", async () => {
    const socket = connect(proxy.port, "127.0.0.1");
    socket.write("change one");
    await once(socket, "data");
    proxy.reset();
    await expect(once(socket, "data")).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it("resets every second connection on which a change was asked for", async () => {
    proxy.resetRequests();
    const answers = [await ask(proxy.port, "change one"), await ask(proxy.port, "change two")];
    expect(answers).toEqual(["ECONNRESET", "did change two"]);
    expect(proxy.struck()).toBe(1);
    expect(await ask(proxy.port, "look")).toBe("did look");
  });

  it("keeps late replies in their order", async () => {
    proxy.delayReplies(20);
    const socket = connect(proxy.port, "127.0.0.1");
    socket.write("one ");
    const [first] = (await once(socket, "data")) as [Buffer];
    proxy.pass();
    socket.write("two");
    const [second] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    expect([first.toString(), second.toString()]).toEqual(["did one ", "did two"]);
  });

  it("is a proxy again when the fault is over", async () => {
    proxy.loseReplies();
    proxy.pass();
    expect(await ask(proxy.port, "change one")).toBe("did change one");
  });
});
