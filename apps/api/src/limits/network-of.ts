import ipaddr from "ipaddr.js";

/**
 * Whom an address belongs to, however it is written: with a port, in brackets, with a zone, or as IPv4 inside IPv6. An
 * IPv6 customer has a whole /64 of addresses, and could use a new one for every request. What is no address stays itself.
 */
export function networkOf(text: string): string {
  const address = withoutPortAndZone(text);
  if (!ipaddr.isValid(address)) return text;
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return translated.has(parsed.range()) ? lastBytes(parsed) : networkPrefix(parsed);
}

/** Prefixes of translators, behind which every IPv4 address has one of its own: RFC 6052 and RFC 6145. */
const translated: ReadonlySet<string> = new Set(["rfc6052", "rfc6145"]);

/** The IPv4 address at the end. */
function lastBytes(address: ipaddr.IPv6): string {
  return new ipaddr.IPv4(address.toByteArray().slice(12)).toString();
}

function withoutPortAndZone(text: string): string {
  const bare = text.trim().replaceAll('"', "");
  const [, bracketed, portless] = /^(?:\[(.*)\](?::\d+)?|([^:]*|.*\.\d+):\d+)$/.exec(bare) ?? [];
  return (bracketed ?? portless ?? bare).replace(/%.*$/, "");
}

/** The first 64 of 128 bits. */
function networkPrefix({ parts }: ipaddr.IPv6): string {
  return parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(":");
}
