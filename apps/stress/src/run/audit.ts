import { auditDatabase } from "../variants/audit-database.ts";
import type { Ground } from "./ground.ts";
import type { Observation } from "./observation.ts";
import type { Recorder } from "./recorder.ts";

/** What the database itself holds for everybody who was asked about. Nobody calls any more. */
export async function audit(
  { admin }: Pick<Ground, "admin">,
  observation: Observation,
  recorder: Recorder,
): Promise<void> {
  for (const [database, registers] of observation.registers()) {
    await recorder.audit(await auditDatabase(admin.db(database), registers));
  }
}
