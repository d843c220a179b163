import { isIPv6 } from "node:net";

/** Whom an address belongs to: an IPv6 customer has a whole /64 of them, and could use a new one for every request. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = "", tail = ""] = address.split("%", 1).join("").split("::");
  const [first, last] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => "0");
  return [...first, ...zeros, ...last].slice(0, 4).map(withoutZeros).join(":");
}

function groupsOf(part: string): readonly string[] {
  return part === "" ? [] : part.split(":");
}

function withoutZeros(group: string): string {
  return Number.parseInt(group, 16).toString(16);
}
