import { chatProcedures } from "@onechat/chat-router";
import { adminRouter } from "./admin/admin-router.ts";
import { procedure, router } from "./trpc.ts";

export const appRouter = router({ admin: adminRouter, chat: chatProcedures(procedure) });

/** What the typed client is typed by. */
export type AppRouter = typeof appRouter;
