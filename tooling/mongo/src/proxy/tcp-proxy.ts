import type { Address } from "../plain-addresses.ts";
import type { RuleHandle } from "./active-rule.ts";
import { type Relay, relay, type RelayedConnection, type Traffic } from "./relay.ts";
import { resolved } from "./resolved.ts";
import { ByteRule } from "./rule.ts";
import { type RuleBook, ruleBook } from "./rule-book.ts";

/** Stands between two processes of any protocol, and does to their connections what networks do. */
export interface TcpProxy extends Relay {
  /** @throws Error that names what is wrong with the rule */
  rule(rule: ByteRule): RuleHandle;
}

/**
 * A proxy that sees pieces of bytes as they arrive; whatever came since the last answer is asked by the next. That is
 * enough for HTTP with one request at a time on a connection.
 *
 * @example
 * await using proxy = await tcpProxy({ host: "127.0.0.1", port: 3000 });
 * // Everything is done, and of every second call nobody hears.
 * proxy.rule({ requests: (bytes) => bytes.includes("POST "), when: "after", every: 2, times: "always", fault: "reset" });
 */
export async function tcpProxy(upstream: Address): Promise<TcpProxy> {
  const rules = ruleBook<Buffer, "reset">();
  return {
    ...(await relay(upstream, (connection) => traffic(connection, rules))),
    rule(rule) {
      const { requests: fits, ...rest } = resolved(ByteRule, "the rule", rule);
      return rules.add({ ...rest, fits, name: "the rule for bytes" });
    },
  };
}

function traffic(connection: RelayedConnection, rules: RuleBook<Buffer, "reset">): Traffic {
  const { client, upstream } = connection;
  let asked: Buffer | null = null;
  return {
    async requests() {
      for await (const request of client as AsyncIterable<Buffer>) {
        asked = asked === null ? request : Buffer.concat([asked, request]);
        if ((await rules.applied("before", request)) !== null) return connection.reset();
        connection.underWay = true;
        upstream.write(request);
        if ((await rules.applied("sent", request)) !== null) return connection.reset();
      }
    },
    async answers() {
      for await (const answer of upstream as AsyncIterable<Buffer>) {
        const request = asked;
        asked = null;
        if (request !== null && (await rules.applied("after", request)) !== null) return connection.reset();
        connection.underWay = false;
        client.write(answer);
      }
    },
  };
}
