/// <reference types="vite/client" />
import { type AppRouter, chatLinks, chatQueryOptions, type TokenSource } from "@onechat/chat-client";
import { QueryClient } from "@tanstack/react-query";
import { createTRPCClient } from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";

const url: string = import.meta.env.VITE_API_URL ?? "http://127.0.0.1:3000";

export const me = new URLSearchParams(location.search).get("me") ?? "alice";

/** A development API gives a token to whoever asks; yours comes from your login. */
async function newToken(): Promise<string> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ sub: me });
  const answer = await fetch(`${url}/dev/token`, { method: "POST", headers, body });
  const { token } = (await answer.json()) as { readonly token: string };
  return token;
}

let known = "";
/** Asked before each request, and again when the API has refused the token it got. */
const token: TokenSource = async ({ refused }) => {
  if (known === "" || refused) known = await newToken();
  return known;
};

// The links repeat what failed for a passing reason, so TanStack Query does not have to.
export const queryClient = new QueryClient({ defaultOptions: { queries: chatQueryOptions } });
const client = createTRPCClient<AppRouter>({ links: chatLinks({ url, token }) });
export const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient });
