import ipaddr from "ipaddr.js";

/**
 * Whom an address belongs to, however it is written: with a port, in brackets, with a zone, or as IPv4 inside IPv6. An
 * IPv6 customer has a whole /64 of addresses, and could use a new one for every request. What is no address stays itself.
 */
export function networkOf(text: string): string {
  const address = withoutPortAndZone(text);
  if (!ipaddr.isValid(address)) return text;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? networkPrefix(parsed) : parsed.toString();
}

function withoutPortAndZone(text: string): string {
  const [, bracketed, portless] = /^(?:\[(.*)\](?::\d+)?|([^:]*):\d+)$/.exec(text) ?? [];
  return (bracketed ?? portless ?? text).replace(/%.*$/, "");
}

/** The first 64 of 128 bits. */
function networkPrefix({ parts }: ipaddr.IPv6): string {
  return parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(":");
}
