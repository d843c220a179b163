import { expect } from "vitest";
import type { AuditOutput, StatusOutput } from "../src/admin/admin-schemas.ts";
import type { TestApi } from "./test-api.ts";
import { testToken } from "./test-tokens.ts";

/** What an administrator asks. */
export async function ask(api: TestApi, procedure: string, input?: unknown): Promise<Response> {
  const authorization = `Bearer ${await testToken({ sub: "operator", scope: "chat:admin" })}`;
  const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  return api.request(`/trpc/admin.${procedure}${query}`, { caller: null, headers: { authorization } });
}

async function answered<Output>(response: Response): Promise<Output> {
  expect(response.status).toBe(200);
  return ((await response.json()) as { readonly result: { readonly data: Output } }).result.data;
}

export const status = async (api: TestApi): Promise<StatusOutput> => answered(await ask(api, "status"));
export const audit = async (api: TestApi, input: object = {}): Promise<AuditOutput> =>
  answered(await ask(api, "audit", input));
