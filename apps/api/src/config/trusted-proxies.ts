import { isIP } from "node:net";
import { z } from "zod";

const names: ReadonlySet<string> = new Set(["loopback", "linklocal", "uniquelocal"]);

/**
 * How TRUST_PROXY is written: addresses and networks. A number of hops is no choice, because whoever reaches the server
 * directly could name enough of them; everybody is none either.
 */
export const ProxyList = z
  .string()
  .transform((text) => text.split(",").map((part) => part.trim()))
  .refine((parts) => parts.every(isProxy), "addresses and networks such as 10.0.0.0/8, separated by commas");

function isProxy(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return names.has(text);
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
