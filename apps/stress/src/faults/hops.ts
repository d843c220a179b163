import { type RuleHandle, tcpProxy, wireProxy } from "@onechat/mongo/proxy";

/** A way between two processes that leads through a proxy of ours. */
export interface ProxiedHop extends AsyncDisposable {
  /** The URL or connection string that leads through it. */
  readonly uri: string;
  /** From now on every second answer to a change is lost: it is done, and the asker cannot know. */
  loseReplies(): void;
  /**
   * Resets all connections that there are, and from now on that of every second change as soon as it was asked for:
   * whether it is done, nobody can know.
   */
  resetConnections(): void;
  /** From now on does nothing but pass on. */
  pass(): void;
  /** How many answers were lost so far, and connections reset on which something was under way. */
  readonly struck: () => number;
}

/** Every second one, so that whoever asks again gets through in the end. */
const everySecond = { times: "always", every: 2, fault: "reset" } as const;
const changingCommands = ["findAndModify", "insert", "update"];
const changingRequest = Buffer.from("POST /trpc/chat.createOrGet");

/** Before an API process. */
export async function beforeApi(url: string): Promise<ProxiedHop> {
  const { hostname, port } = new URL(url);
  const proxy = await tcpProxy({ host: hostname, port: Number(port) });
  const strike = (when: "sent" | "after"): RuleHandle =>
    proxy.rule({ requests: isChangingRequest, when, ...everySecond });
  return proxiedHop(`http://127.0.0.1:${proxy.port}`, proxy, strike);
}

/** Before the database. */
export async function beforeDatabase(uri: string): Promise<ProxiedHop> {
  const proxy = await wireProxy({ upstream: uri, remember: 0 });
  const strike = (when: "sent" | "after"): RuleHandle =>
    proxy.rule({ commands: changingCommands, when, ...everySecond });
  return proxiedHop(proxy.uri, proxy, strike);
}

function isChangingRequest(bytes: Buffer): boolean {
  return bytes.includes(changingRequest);
}

function proxiedHop(
  uri: string,
  proxy: AsyncDisposable & { reset(): number },
  strikeChanges: (when: "sent" | "after") => RuleHandle,
): ProxiedHop {
  const rules: RuleHandle[] = [];
  let underWay = 0;
  return {
    uri,
    loseReplies: () => void rules.push(strikeChanges("after")),
    resetConnections() {
      underWay += proxy.reset();
      rules.push(strikeChanges("sent"));
    },
    pass: () => rules.forEach((rule) => rule.lift()),
    struck: () => rules.reduce((sum, rule) => sum + rule.hits(), underWay),
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}
