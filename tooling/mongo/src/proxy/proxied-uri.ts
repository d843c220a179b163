import { z } from "zod";
import { type Address, plainAddresses } from "../plain-addresses.ts";

/** How a proxy in front of a database is set up. */
export type WireProxyOptions = z.input<typeof WireProxyOptions>;
export const WireProxyOptions = optionsFor(
  hasPlainAddresses,
  "addresses without TLS are needed, such as mongodb://host:27017/",
);
/** The same for what can stand before a single server only. */
export const SingleProxyOptions = optionsFor(
  canBeProxied,
  "one address without TLS is needed, such as mongodb://host:27017/",
);

function optionsFor(suits: (uri: string) => boolean, message: string) {
  return z
    .strictObject({
      /** The connection string of the server, or of the members of a set. */
      upstream: z.string().refine(suits, message),
      /** How many commands can be asked for; 10,000 unless given. */
      remember: z.int().nonnegative().default(10_000),
    })
    .readonly();
}

/** Whether a proxy can stand before each member of the database of this connection string. */
export function hasPlainAddresses(uri: string): boolean {
  return plainAddresses(uri).length > 0;
}

/** Whether one proxy can stand before the whole database of this connection string. */
export function canBeProxied(uri: string): boolean {
  return plainAddresses(uri).length === 1;
}

/** @throws Error for a connection string of no or several addresses */
export function onlyAddress(uri: string): Address {
  const [address, ...others] = plainAddresses(uri);
  if (address === undefined || others.length > 0) throw new Error("the server has no single address");
  return address;
}

/** The same connection string, but to these ports of 127.0.0.1, and with `topology` as its way to look at them. */
export function proxiedUri(
  uri: string,
  ports: readonly number[],
  topology: Readonly<Record<string, string>>,
): string {
  const [start = "", query = ""] = uri.split("?");
  const hosts = ports.map((port) => `127.0.0.1:${port}`).join();
  const options = [...new URLSearchParams(query)].filter(
    ([name]) => !["replicaset", "directconnection"].includes(name.toLowerCase()),
  );
  const parameters = new URLSearchParams([...options, ...Object.entries(topology)]);
  return `${start.replace(/^(mongodb:\/\/(?:[^@/]*@)?)[^/]+\/?/, `$1${hosts}/`)}?${parameters.toString()}`;
}
