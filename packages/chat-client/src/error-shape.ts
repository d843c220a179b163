// The build puts chat-router's own file in this one's place, see inline-chat-router.mjs.
export type { ErrorShape } from "@onechat/chat-router";
