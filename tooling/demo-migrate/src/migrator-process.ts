import { spawn } from "node:child_process";
import { once } from "node:events";

export interface MigratorCall {
  /** What follows `migrator`. */
  readonly args: readonly string[];
  readonly program: string;
  readonly uri: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stop: AbortSignal;
}

export interface MigratorEnd {
  readonly code: number;
  readonly seconds: number;
}

/** Runs the real command line on the same terminal: its output and its progress are seen as they come. */
export async function runMigrator({ args, program, uri, env, stop }: MigratorCall): Promise<MigratorEnd> {
  const started = performance.now();
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...withoutSettings(env), MONGODB_URI: uri },
    stdio: "inherit",
    signal: stop,
  });
  const [code] = await once(child, "exit");
  return { code: typeof code === "number" ? code : 1, seconds: (performance.now() - started) / 1_000 };
}

/** What a shell may hold for a migration of its own must not steer this one. */
function withoutSettings(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith("MIGRATOR_") && !name.startsWith("MONGODB_")),
  );
}
