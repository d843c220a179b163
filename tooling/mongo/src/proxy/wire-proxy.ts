import { type CommandControl, commandRules } from "./command-rules.ts";
import { type Address, plainAddresses } from "../plain-addresses.ts";
import { helloOf } from "../providers/ask-server.ts";
import { proxiedMember } from "./proxied-member.ts";
import { proxiedUri, WireProxyOptions } from "./proxied-uri.ts";
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
 * A proxy that answers for the server by rule, and is the server to the driver otherwise. Of a replica set every member
 * that the connection string names has a proxy of its own, and tells the others' proxies in place of the others.
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
  const [address, ...others] = plainAddresses(upstream);
  if (address !== undefined && others.length === 0) {
    const { port, ...relay } = await wireRelay(address, rules, singleServer);
    // A member of a set would otherwise tell its own address, and the proxy be passed by.
    return { uri: proxiedUri(upstream, [port], { directConnection: "true" }), ...control, ...relay };
  }
  const addresses = plainAddresses(upstream);
  const names = await Promise.all(addresses.map(nameOf));
  const proxies = new Map<string, string>();
  const relays = await Promise.all(
    addresses.map((each) => wireRelay(each, rules, (ask) => proxiedMember(proxies, ask))),
  );
  for (const [index, { port }] of relays.entries()) proxies.set(names[index] ?? "", `127.0.0.1:${port}`);
  const set = new URLSearchParams(upstream.split("?")[1]).get("replicaSet");
  const ports = relays.map(({ port }) => port);
  return {
    uri: proxiedUri(upstream, ports, set === null ? {} : { replicaSet: set }),
    ...control,
    reset: () => relays.reduce((sum, relay) => sum + relay.reset(), 0),
    async [Symbol.asyncDispose]() {
      await Promise.all(relays.map((relay) => relay[Symbol.asyncDispose]()));
    },
  };
}

/** By which the other members know it; one that is down just now is believed to be called as it is reached. */
async function nameOf(address: Address): Promise<string> {
  const name: unknown = (await helloOf(address))?.["me"];
  return typeof name === "string" ? name : `${address.host}:${address.port}`;
}
