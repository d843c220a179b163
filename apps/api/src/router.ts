import { adminRouter } from "./admin/admin-router.ts";
import { chatRouter } from "./chats/chat-router.ts";
import { router } from "./trpc.ts";

export const appRouter = router({ admin: adminRouter, chat: chatRouter });

/** What the typed client is typed by. */
export type AppRouter = typeof appRouter;
