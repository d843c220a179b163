import { randomUUID } from "node:crypto";

const acceptable = /^[A-Za-z0-9._-]{1,64}$/;

/** The client's request id if it is one that may go into a log, else a new one. */
export function requestId(header: string | readonly string[] | undefined): string {
  return typeof header === "string" && acceptable.test(header) ? header : randomUUID();
}
