import { createChatClient, type TokenSource } from "@onechat/chat-client";

const { API_URL: url = "http://127.0.0.1:3000" } = process.env;

/** Your sessions here. */
export const me = "alice";

let known = "";
/** A development API gives a token to whoever asks; yours comes with the session. */
const token: TokenSource = async ({ refused }) => {
  if (known !== "" && !refused) return known;
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ sub: me });
  const answer = await fetch(`${url}/dev/token`, { method: "POST", headers, body, cache: "no-store" });
  known = ((await answer.json()) as { readonly token: string }).token;
  return known;
};

/** On the server only: the token never reaches the browser. Its answers are never kept by Next. */
export const { chat } = createChatClient({ url, token });
