import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Stands between two processes, and does to their connections what networks do. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /**
   * From now on every second reply to a request that changes something is thrown away, and its connection reset: the
   * other side has done what it was asked to, and the asker cannot know.
   */
  loseReplies(): void;
  /**
   * From now on the connection of every second request that changes something is reset as soon as it has been passed
   * on: whether it is done, nobody can know.
   */
  resetRequests(): void;
  /** From now on every reply is late by so much. */
  delayReplies(ms: number): void;
  /** Resets all connections that there are, whatever is under way on them. */
  reset(): void;
  /** From now on does nothing but pass on. */
  pass(): void;
  /** How many replies were lost and connections reset so far. */
  readonly struck: () => number;
}

export interface ProxySetting {
  readonly host: string;
  readonly port: number;
  /** Whether a piece of what is sent asks for a change. */
  readonly changes: (request: Buffer) => boolean;
}

interface ProxyState {
  harm: "none" | "lose replies" | "reset requests";
  delayMs: number;
  /** Every second one is struck, so that whoever asks again gets through in the end. */
  turn: number;
  struck: number;
  readonly pairs: Set<Pair>;
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  awaitsReply: boolean;
}

export async function tcpProxy(setting: ProxySetting): Promise<TcpProxy> {
  const state: ProxyState = { harm: "none", delayMs: 0, turn: 0, struck: 0, pairs: new Set() };
  const server = createServer({ noDelay: true }, (client) => join(state, client, setting));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    loseReplies: () => void (state.harm = "lose replies"),
    resetRequests: () => void (state.harm = "reset requests"),
    delayReplies: (ms) => void (state.delayMs = ms),
    reset() {
      for (const pair of state.pairs) {
        if (pair.awaitsReply) state.struck += 1;
        breakOff(pair);
      }
    },
    pass() {
      state.harm = "none";
      state.delayMs = 0;
    },
    struck: () => state.struck,
    async [Symbol.asyncDispose]() {
      server.close();
      state.pairs.forEach(breakOff);
      await once(server, "close");
    },
  };
}

function join(state: ProxyState, client: Socket, { host, port, changes }: ProxySetting): void {
  const upstream = connect({ host, port, noDelay: true });
  const pair: Pair = { client, upstream, awaitsReply: false };
  state.pairs.add(pair);
  for (const socket of [client, upstream]) {
    socket.on("error", () => undefined);
    socket.on("close", () => {
      state.pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    });
  }
  client.on("data", (request: Buffer) => {
    const isChange = changes(request);
    pair.awaitsReply ||= isChange;
    upstream.write(request, () => {
      if (isChange && strikes(state, "reset requests")) breakOff(pair);
    });
  });
  let earlier: Promise<void> = Promise.resolve();
  upstream.on("data", (reply: Buffer) => {
    if (loses(state, pair)) return breakOff(pair);
    const { delayMs } = state;
    if (delayMs === 0) return void earlier.then(() => client.write(reply));
    earlier = earlier.then(() => sleep(delayMs)).then(() => void client.write(reply));
  });
}

function loses(state: ProxyState, pair: Pair): boolean {
  if (!pair.awaitsReply) return false;
  pair.awaitsReply = false;
  return strikes(state, "lose replies");
}

function strikes(state: ProxyState, harm: ProxyState["harm"]): boolean {
  if (state.harm !== harm) return false;
  state.turn += 1;
  if (state.turn % 2 === 0) return false;
  state.struck += 1;
  return true;
}

function breakOff({ client, upstream }: Pair): void {
  client.resetAndDestroy();
  upstream.destroy();
}
