import type { ChatCaller } from "@onechat/chat-router";

/** Who is calling, according to a verified token: `id` is its `sub`. */
export interface Caller extends ChatCaller {
  /** The token has scope `chat:any`: a service that acts for others. */
  readonly actsForOthers: boolean;
  /** The token has scope `chat:admin`: somebody who runs the API. It opens nobody's chats. */
  readonly administers: boolean;
}
