/** What the newcomer is told once everything runs. */
export interface BannerFacts {
  readonly apiUrl: string;
  readonly mongoUri: string;
  readonly mongoDescription: string;
  readonly caller: string;
  readonly token: string;
}

/** Every line of code in it works when pasted into a shell or a file of this folder. */
export function banner(facts: BannerFacts): string {
  return `
onechat is running. Ctrl-C stops it.

  API      ${facts.apiUrl}   (tRPC: /trpc, REST: /api, OpenAPI: /api/openapi.json)
  Console  ${facts.apiUrl}/   (in a browser: what is stored, and a race to watch)
  MongoDB  ${facts.mongoUri}   (${facts.mongoDescription})
  Token    of "${facts.caller}", valid for 12 hours:

${facts.token}

Create a chat with bob, or get the one that exists. Run it twice: the id stays, "created" turns false.

${curlLine(facts)}

The same from TypeScript, end-to-end typed. Save as hello.ts in this folder, then run: npx tsx hello.ts

${typescriptSnippet(facts)}
`;
}

function curlLine({ apiUrl, token }: BannerFacts): string {
  const headers = `-H 'authorization: Bearer ${token}' -H 'content-type: application/json'`;
  return `curl -s ${apiUrl}/api/chats/create-or-get ${headers} -d '{"participants":["bob"]}'`;
}

function typescriptSnippet({ apiUrl, token }: BannerFacts): string {
  return `import { createChatClient } from "@onechat/chat-client";

const client = createChatClient({
  url: "${apiUrl}",
  token: "${token}",
});
const { chat, created } = await client.chat.createOrGet.mutate({ participants: ["bob"] });
console.log(chat.id, created ? "created just now" : "existed already");`;
}
