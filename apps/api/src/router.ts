import { adminRouter } from "./admin/admin-router.ts";
import { chatRouter, router } from "./trpc.ts";

/** Everything that is served under `/trpc`. */
export const appRouter = router({ admin: adminRouter, chat: chatRouter });

export type AppRouter = typeof appRouter;
