import type { TRPCBuiltRouter } from "@trpc/server";
import type { ChatRouter } from "./chat-procedures.ts";
import type { ErrorShape } from "./error-shape.ts";

/** What the client is typed by: the chat procedures under `chat`, and errors in the one shape; no transformer. */
export type AppRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: ErrorShape; transformer: false },
  { chat: ChatRouter }
>;
