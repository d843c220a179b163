import type { MigrationContext } from "../context/migration-context.ts";

/** What stands in the way of a run, and what only deserves a look. */
export interface PreflightReport {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** One thing that is looked at before anything is written; read-only. */
export type PreflightCheck = (ctx: MigrationContext) => Promise<PreflightReport>;

export const nothingFound: PreflightReport = { problems: [], warnings: [] };

export function together(reports: readonly PreflightReport[]): PreflightReport {
  return {
    problems: reports.flatMap(({ problems }) => problems),
    warnings: reports.flatMap(({ warnings }) => warnings),
  };
}

/** All of them, one after the other: a database that is in use gets one query at a time. */
export async function checked(
  ctx: MigrationContext,
  checks: readonly PreflightCheck[],
): Promise<PreflightReport> {
  const reports: PreflightReport[] = [];
  for (const check of checks) reports.push(await check(ctx));
  return together(reports);
}
