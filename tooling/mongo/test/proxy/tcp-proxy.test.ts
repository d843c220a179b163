import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tcpProxy, type TcpProxy } from "../../src/proxy/index.ts";

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

const isChange = (bytes: Buffer): boolean => bytes.includes("change");
const changes = { requests: isChange, times: "always", every: 2, fault: "reset" } as const;

describe("a proxy between two processes", () => {
  let server: Doer;
  let proxy: TcpProxy;
  beforeEach(async () => {
    server = await doer();
    proxy = await tcpProxy({ host: "127.0.0.1", port: server.port });
  });
  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it("passes on what both say", async () => {
    expect(await ask(proxy.port, "change one")).toBe("did change one");
  });

  it("loses every second answer to a change, after the change was made", async () => {
    const rule = proxy.rule({ ...changes, when: "after" });
    const answers = [await ask(proxy.port, "change one"), await ask(proxy.port, "change two")];
    expect(answers).toEqual(["ECONNRESET", "did change two"]);
    expect(server.did).toEqual(["change one", "change two"]);
    expect(rule.hits()).toBe(1);
  });

  it("does not lose the answers to questions", async () => {
    proxy.rule({ ...changes, when: "after" });
    expect([await ask(proxy.port, "look"), await ask(proxy.port, "look")]).toEqual(["did look", "did look"]);
  });

  it("resets a connection before a change is made", async () => {
    const rule = proxy.rule({ ...changes, when: "before" });
    const answers = [await ask(proxy.port, "change one"), await ask(proxy.port, "change two")];
    expect(answers).toEqual(["ECONNRESET", "did change two"]);
    expect(server.did).toEqual(["change two"]);
    expect(rule.hits()).toBe(1);
  });

  it("resets a connection as soon as a change was asked for", async () => {
    proxy.rule({ ...changes, when: "sent" });
    const answers = [await ask(proxy.port, "change one"), await ask(proxy.port, "change two")];
    expect(answers).toEqual(["ECONNRESET", "did change two"]);
    expect([...server.did].toSorted()).toEqual(["change one", "change two"]);
    expect(await ask(proxy.port, "look")).toBe("did look");
  });

  it("resets what is connected, and tells how many were waiting for an answer", async () => {
    const idle = connect(proxy.port, "127.0.0.1");
    idle.write("one");
    await once(idle, "data");
    using held = proxy.rule({ requests: isChange, when: "after", fault: "hold" });
    const waiting = ask(proxy.port, "change one");
    await held.reached();
    const broken = Promise.allSettled([once(idle, "data")]);
    expect(proxy.reset()).toBe(1);
    expect(await waiting).toBe("ECONNRESET");
    expect(await broken).toMatchObject([{ status: "rejected", reason: { code: "ECONNRESET" } }]);
  });

  it("holds what is asked until it is told to let it go", async () => {
    using held = proxy.rule({ requests: isChange, fault: "hold" });
    const answer = ask(proxy.port, "change one");
    await held.reached();
    expect(await ask(proxy.port, "change two")).toBe("did change two");
    held.lift();
    expect(await answer).toBe("did change one");
    expect(server.did).toEqual(["change two", "change one"]);
  });

  it("keeps late answers in their order", async () => {
    proxy.rule({ requests: () => true, when: "after", fault: { delayMs: 20 } });
    const socket = connect(proxy.port, "127.0.0.1");
    socket.write("one ");
    const [first] = (await once(socket, "data")) as [Buffer];
    socket.write("two");
    const [second] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    expect([first.toString(), second.toString()]).toEqual(["did one ", "did two"]);
  });

  it("is a proxy again when the rule is lifted", async () => {
    proxy.rule({ ...changes, when: "after" }).lift();
    expect(await ask(proxy.port, "change one")).toBe("did change one");
  });

  it("ends a connection whose server is not there", async () => {
    await using toNobody = await tcpProxy({ host: "127.0.0.1", port: 1 });
    const socket = connect(toNobody.port, "127.0.0.1").resume();
    await once(socket, "close");
    expect(socket.bytesRead).toBe(0);
  });

  it("refuses rules that only a database could have", () => {
    const nonsense = { requests: isChange, fault: { error: { code: 1 } } } as never;
    expect(() => proxy.rule(nonsense)).toThrow("the rule cannot be used");
  });
});
