/** What the API says about a call that it refused. */
class Refusal extends Error {
  override readonly name = "Refusal";
}

interface Answer<T> {
  readonly result?: { readonly data: T };
  readonly error?: { readonly message: string };
}

/** Calls a query of the router. */
export async function query<T>(procedure: string, token: string, input?: object): Promise<T> {
  const search = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  const response = await fetch(`/trpc/${procedure}${search}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { result, error } = (await response.json()) as Answer<T>;
  if (result === undefined) throw new Refusal(error?.message ?? `status ${response.status}`);
  return result.data;
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
