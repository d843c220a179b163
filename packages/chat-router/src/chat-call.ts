import type { ChatContext } from "@onechat/chat-domain";
import type { TRPCProcedureBuilder, TRPCUnsetMarker } from "@trpc/server";
import type { ChatCaller } from "./chat-access.ts";

/** What every chat procedure has in its context, whatever else the host's is. */
export interface ChatCall {
  readonly caller: ChatCaller;
  readonly chats: ChatContext;
}

/** A procedure of somebody's tRPC, with whatever middleware, that has no input and no output yet. */
export type BaseProcedure<Context, Meta, Overrides> = TRPCProcedureBuilder<
  Context,
  Meta,
  Overrides,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  false
>;

/** What the chat procedures are made from. */
export type ChatProcedure = BaseProcedure<ChatCall, object, object>;
