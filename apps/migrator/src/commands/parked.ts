import { parkedChats } from "@onechat/chat-domain/migrate";
import type { Answer } from "../answer.ts";
import type { Session } from "../session.ts";

const chatsShown = 100;

/** What is parked, with its reason. */
export async function parked({ ctx, settings }: Session): Promise<Answer> {
  const limit = settings.limit ?? chatsShown;
  // One more tells whether there are more.
  const found = await parkedChats(ctx, { limit: limit + 1 });
  const chats = found.slice(0, limit);
  const lines = chats.map(({ _id, survivor, reason }) => {
    const merge = survivor === null ? "" : ` (duplicate of ${String(survivor)})`;
    return `chat ${String(_id)}${merge}: ${reason ?? "no reason given"}`;
  });
  const more = found.length > limit ? ["… and more; --limit shows more of them"] : [];
  const text = lines.length === 0 ? "Nothing is parked" : [...lines, ...more].join("\n");
  return { exit: "ok", text, json: { chats, more: found.length > limit } };
}
