import { findingCodes } from "@onechat/chat-domain/audit";
import { z } from "zod";
import { chatCounters } from "../observe/chat-observer.ts";

const Count = z.number().int();
const Time = z.iso.datetime();

export type StatusOutput = z.infer<typeof StatusOutput>;
export const StatusOutput = z.strictObject({
  version: z.string(),
  startedAt: Time,
  /** `null` when this process is ready, else the domain's reason why it is not. */
  unready: z.string().nullable(),
  /** What this process's create-or-get calls have come to. */
  calls: z.record(z.enum(chatCounters), Count),
  pool: z.strictObject({ open: Count, inUse: Count, waiting: Count }),
  /** `null` while the database cannot be asked. */
  migration: z
    .strictObject({
      keyIndex: z.string().nullable().describe("What is wrong with the unique index; null when it is right"),
      sealed: z.boolean(),
      journal: z.record(z.string(), Count).describe("Duplicates and parked chats by what became of them"),
      runner: z.strictObject({ host: z.string(), command: z.string(), heartbeatAt: Time }).nullable(),
      lastRun: z
        .strictObject({
          command: z.string(),
          state: z.string(),
          phase: z.string().nullable(),
          startedAt: Time,
        })
        .nullable(),
    })
    .nullable(),
});

export type AuditInput = z.infer<typeof AuditInput>;
export const AuditInput = z.strictObject({
  limit: z.number().int().min(1).max(1_000).default(100).describe("Findings to list; all are counted"),
  seconds: z.number().int().min(1).max(60).default(8).describe("How long to look"),
  allowDeleted: z
    .boolean()
    .default(true)
    .describe("Documents that followed a merged chat and were deleted since are no findings"),
});

export type AuditOutput = z.infer<typeof AuditOutput>;
export const AuditOutput = z.strictObject({
  complete: z.boolean().describe("False when the time was over before everything was looked at"),
  checked: Count.describe("Documents looked at"),
  counts: z.partialRecord(z.enum(findingCodes), Count),
  findings: z.array(
    z.strictObject({
      code: z.enum(findingCodes),
      message: z.string(),
      chat: z.string().nullable(),
      reference: z.strictObject({ collection: z.string(), id: z.string() }).nullable(),
    }),
  ),
});
