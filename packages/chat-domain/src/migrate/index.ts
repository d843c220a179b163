export { liftControl, setControl, unlock } from "./control.ts";
export type { Census, DuplicateGroup } from "./duplicate-census.ts";
export { type ChatExplanation, explainChat } from "./explain-chat.ts";
export { migrateUp, type MigrateUpOptions } from "./migrate-up.ts";
export { type MigrationContext, migrationContext, type MigrationOptions } from "./migration-context.ts";
export { MigrationError, type MigrationErrorCode } from "./migration-error.ts";
export {
  type MigrationCommand,
  type MigrationEvent,
  type MigrationPhase,
  migrationPhases,
  type PhaseName,
  type RollbackTarget,
  rollbackTargets,
  type RunCounts,
  type RunOutcome,
  type RunResult,
} from "./migration-event.ts";
export { migrationHistory, parkedChats } from "./migration-history.ts";
export type { JournalEntry, JournalState, LockControl, RunRecord } from "./migration-records.ts";
export { migrationProgress, type MigrationProgress } from "./migration-progress.ts";
export { migrationStatus, type MigrationStatus } from "./migration-status.ts";
export { type InvalidChats, type MigrationPlan, planMigration, type PlanOptions } from "./plan-migration.ts";
export { purge, type PurgeOptions } from "./purge.ts";
export { rollBack, type RollBackOptions } from "./roll-back.ts";
export type { RunOptions } from "./run/run.ts";
