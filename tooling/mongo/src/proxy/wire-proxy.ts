import { type CommandControl, commandRules } from "./command-rules.ts";
import { onlyAddress, proxiedUri, WireProxyOptions } from "./proxied-uri.ts";
import { resolved } from "./resolved.ts";
import { singleServer } from "./single-server.ts";
import { wireRelay } from "./wire-relay.ts";

/** A proxy between a driver and its server. */
export interface WireProxy extends CommandControl, AsyncDisposable {
  /** The connection string that leads through it. */
  readonly uri: string;
  /** Resets the connections that there are. On how many of them a command was under way. */
  reset(): number;
}

/**
 * A proxy that answers for the server by rule, and is the server to the driver otherwise.
 *
 * @throws Error that names what is wrong with the options
 * @example
 * await using proxy = await wireProxy({ upstream: server.uri });
 * const client = new MongoClient(proxy.uri);
 * // The next insert is done, and nobody hears of it.
 * proxy.rule({ commands: ["insert"], collections: ["chats"], when: "after", fault: "reset" });
 */
export async function wireProxy(options: WireProxyOptions): Promise<WireProxy> {
  const { upstream, remember } = resolved(WireProxyOptions, "the proxy", options);
  const { control, ...rules } = commandRules(remember);
  const { port, ...relay } = await wireRelay(onlyAddress(upstream), rules, singleServer);
  // A member of a set would otherwise tell its own address, and the proxy be passed by.
  return { uri: proxiedUri(upstream, [port], { directConnection: "true" }), ...control, ...relay };
}
