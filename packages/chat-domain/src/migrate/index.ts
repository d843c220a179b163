export {
  type MigrationContext,
  migrationContext,
  type MigrationOptions,
} from "./context/migration-context.ts";
export { MigrationError, type MigrationErrorCode } from "./context/migration-error.ts";
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
} from "./context/migration-event.ts";
export { migrationHistory, parkedChats } from "./context/migration-history.ts";
export type { JournalEntry, JournalState, LockControl, RunRecord } from "./context/migration-records.ts";
export { type ChatExplanation, explainChat } from "./explain-chat.ts";
export { migrateUp, type MigrateUpOptions, purge, type PurgeOptions } from "./migrate-up.ts";
export {
  migrationProgress,
  type MigrationProgress,
  migrationStatus,
  type MigrationStatus,
} from "./migration-status.ts";
export type { Census, DuplicateGroup } from "./plan/duplicate-census.ts";
export type { InvalidChats } from "./plan/chats-to-park.ts";
export { type MigrationPlan, planMigration, type PlanOptions } from "./plan/plan-migration.ts";
export { rollBack, type RollBackOptions } from "./roll-back.ts";
export { liftControl, setControl, unlock } from "./run/control.ts";
export type { RunOptions } from "./run/run.ts";
