import { type ServerTime, serverTime } from "./server-time.ts";

/** What the API says about a call that it refused. */
class Refusal extends Error {
  override readonly name = "Refusal";
}

export interface Got<T> {
  readonly body: T;
  readonly time: ServerTime | null;
}

export async function get<T extends object>(path: string, token: string): Promise<Got<T>> {
  const response = await fetch(path, { headers: { authorization: `Bearer ${token}` } });
  const body = (await response.json()) as T | { readonly error: { readonly message: string } };
  if ("error" in body) throw new Refusal(body.error.message);
  return { body, time: serverTime(response) };
}

/** Calls a query of the router. */
export async function query<T>(procedure: string, token: string, input?: object): Promise<Got<T>> {
  const search = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  const path = `/trpc/${procedure}${search}`;
  const { body, time } = await get<{ readonly result: { readonly data: T } }>(path, token);
  return { body: body.result.data, time };
}

/** A development token; rejects where the API hands none out. */
export async function developmentToken(sub: string, scope?: string): Promise<string> {
  const response = await fetch("/dev/token", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(scope === undefined ? { sub } : { sub, scope }),
  });
  if (!response.ok) throw new Refusal("this API hands out no development tokens");
  return ((await response.json()) as { readonly token: string }).token;
}
