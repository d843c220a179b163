import type { TRPCError } from "@trpc/server";

/** tRPC shapes what fails before there is a context, too, and tells its formatter nothing of the request. */
const requestIds = new WeakMap<TRPCError, string>();

/** Notes which request an error belongs to, until it is answered. */
export function noteRequestId(error: TRPCError, requestId: string): void {
  requestIds.set(error, requestId);
}

export function requestIdOf(error: TRPCError): string | null {
  return requestIds.get(error) ?? null;
}
