import { fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { MigrationOptions, RunOptions } from "../../src/migrate/index.ts";

export interface RunnerCommand {
  readonly database: string;
  readonly command: "up" | "rollback";
  readonly onLocked: NonNullable<RunOptions["onLocked"]>;
  readonly options: Pick<MigrationOptions, "leaseMs" | "graceMs" | "batch">;
}

/** How a run has ended: its outcome, or the code of its error. */
export interface RunEnd {
  readonly end: string;
  readonly merged: number;
}

/** What a runner says: an event of its migration, or how it has ended. */
export type RunnerReport = { readonly event: string; readonly phase: string | null } | RunEnd;

/** A run in another process. */
export interface RemoteRun {
  /** Resolves once the run has reported so many events, or has ended; says how many there were. */
  reported(events: number): Promise<number>;
  /** The phase that it was in when it last reported one. */
  phase(): string | null;
  readonly ended: Promise<RunEnd>;
}

export interface RunnerProcess extends AsyncDisposable {
  /** Begins a run; one at a time. */
  begin(command: RunnerCommand): RemoteRun;
  /** Freezes the process until `resume`. */
  pause(): void;
  resume(): void;
}

const program = fileURLToPath(new URL("runner-main.ts", import.meta.url));
const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** Starts a process that waits for runs. */
export async function runnerProcess(uri: string): Promise<RunnerProcess> {
  const child = fork(program, [uri], { execArgv: ["--import", loader] });
  const exited = once(child, "exit");
  const [first]: unknown[] = await Promise.race([once(child, "message"), exited]);
  if (typeof first !== "object") throw new Error("the runner ended at once");
  return {
    begin(command) {
      const seen: { events: number; phase: string | null; over: boolean } = {
        events: 0,
        phase: null,
        over: false,
      };
      const ended = new Promise<RunEnd>((resolve, reject) => {
        const listen = (report: RunnerReport): void => {
          if (!("end" in report)) {
            seen.events += 1;
            seen.phase = report.phase ?? seen.phase;
            return;
          }
          child.off("message", listen);
          seen.over = true;
          resolve(report);
        };
        child.on("message", listen);
        void exited.then(() => reject(new Error("the runner ended")));
      });
      child.send(command);
      return {
        async reported(wanted) {
          while (seen.events < wanted && !seen.over) await once(child, "message");
          return seen.events;
        },
        phase: () => seen.phase,
        ended,
      };
    },
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await exited;
    },
  };
}
