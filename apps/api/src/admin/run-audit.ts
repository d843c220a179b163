import type { ChatContext } from "@onechat/chat-domain";
import { auditChats, type Finding, type FindingCode } from "@onechat/chat-domain/audit";
import type { AuditInput, AuditOutput } from "./admin-schemas.ts";
import { lookingAtMigration, migrationOf } from "./migration-of.ts";

/**
 * The audit of the migrator and the stress harness, for as long as the caller waits. What takes longer is a task for
 * `migrator verify`.
 */
export async function runAudit(
  chats: ChatContext,
  input: AuditInput,
  callerGone: AbortSignal | undefined,
): Promise<AuditOutput> {
  const timeIsUp = AbortSignal.timeout(input.seconds * 1_000);
  const signal = callerGone === undefined ? timeIsUp : AbortSignal.any([callerGone, timeIsUp]);
  const counts: Partial<Record<FindingCode, number>> = {};
  const findings: AuditOutput["findings"] = [];
  let checked = 0;
  const complete = await endsBefore(signal, async () => {
    const options = {
      allowDeleted: input.allowDeleted,
      signal,
      onProgress: (progress: { readonly checked: number }) => void ({ checked } = progress),
    };
    for await (const finding of auditChats(migrationOf(chats), options)) {
      signal.throwIfAborted();
      counts[finding.code] = (counts[finding.code] ?? 0) + 1;
      if (findings.length < input.limit) findings.push(findingAnswer(finding));
    }
  });
  return { complete, checked, counts, findings };
}

/** Whether the work came to its end before the signal. */
async function endsBefore(signal: AbortSignal, work: () => Promise<void>): Promise<boolean> {
  try {
    await lookingAtMigration(work);
    return true;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return false;
    throw error;
  }
}

function findingAnswer({ code, message, chat, reference }: Finding): AuditOutput["findings"][number] {
  return {
    code,
    message,
    chat: chat === null ? null : String(chat),
    reference: reference && { collection: reference.collection, id: String(reference.id) },
  };
}
