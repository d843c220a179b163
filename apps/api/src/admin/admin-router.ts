import { AuditInput, AuditOutput, StatusOutput } from "./admin-schemas.ts";
import { readStatus } from "./read-status.ts";
import { runAudit } from "./run-audit.ts";
import { z } from "zod";
import { adminProcedure, router } from "../trpc.ts";

/** For those who run the API: tokens with scope `chat:admin`. */
export const adminRouter = router({
  status: adminProcedure
    .input(z.void())
    .output(StatusOutput)
    .query(({ ctx }) => readStatus(ctx.chats, ctx.admin)),

  audit: adminProcedure
    .input(AuditInput)
    .output(AuditOutput)
    .query(({ ctx, input, signal }) => ctx.admin.audits.alone(() => runAudit(ctx.chats, input, signal))),
});
