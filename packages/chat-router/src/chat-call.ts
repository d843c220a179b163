import type { ChatContext } from "@onechat/chat-domain";
import type { TRPCProcedureBuilder, TRPCUnsetMarker } from "@trpc/server";

/** Who is calling, as the host knows it. */
export interface ChatCaller {
  readonly id: string;
  readonly actsForOthers: boolean;
}

/** What the chat procedures are made from. */
export type ChatProcedure = TRPCProcedureBuilder<
  { readonly caller: ChatCaller; readonly chats: ChatContext },
  object,
  object,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  false
>;
