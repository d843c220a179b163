import { adminRouter } from "./routers/admin.ts";
import { chatRouter } from "./routers/chat.ts";
import { router } from "./trpc.ts";

export const appRouter = router({ admin: adminRouter, chat: chatRouter });

/** What the typed client is typed by. */
export type AppRouter = typeof appRouter;
