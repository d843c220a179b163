import { fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { MigrationOptions, RunOptions } from "../../src/migrate/index.ts";

/** Where in its work a process is stopped, always at the same place: at its so-many-th command. */
export interface StopAt {
  readonly command: number;
  /** Before it is sent, when it is on its way, or when it has been answered. */
  readonly moment: "before" | "sent" | "answered";
  readonly signal: "SIGSTOP" | "SIGKILL";
}

export interface RunnerCommand {
  readonly database: string;
  readonly command: "up" | "rollback";
  readonly onLocked: NonNullable<RunOptions["onLocked"]>;
  readonly options: Pick<MigrationOptions, "leaseMs" | "graceMs" | "batch">;
  readonly stopAt?: StopAt | undefined;
  /** Its clock is another one at every look, by up to so many milliseconds before or after. */
  readonly clockJumpsMs?: number;
}

/** How a run has ended: its outcome, or the code of its error; and at how many commands it can be stopped. */
export interface RunEnd {
  readonly end: string;
  readonly merged: number;
  readonly commands: number;
}

/** What a runner says: an event of its migration, or how it has ended. */
export type RunnerReport = { readonly event: string; readonly phase: string | null } | RunEnd;

/** A run in another process. */
export interface RemoteRun {
  /** The phase that it was in when it last reported one. */
  phase(): string | null;
  /**
   * Resolves once it has been stopped as it was told.
   *
   * @throws Error when it has come to its end before
   */
  stopped(): Promise<void>;
  readonly ended: Promise<RunEnd>;
}

export interface RunnerProcess extends AsyncDisposable {
  /** Begins a run; one at a time. */
  begin(command: RunnerCommand): RemoteRun;
  /** Goes on after SIGSTOP. */
  resume(): void;
}

const program = fileURLToPath(new URL("runner-main.ts", import.meta.url));
const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** Starts a process that waits for runs. */
export async function runnerProcess(uri: string): Promise<RunnerProcess> {
  const child = fork(program, [uri], {
    execArgv: ["--import", loader],
    stdio: ["inherit", "pipe", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  const [first]: unknown[] = await Promise.race([once(child, "message"), exited]);
  if (typeof first !== "object") throw new Error("the runner ended at once");
  return {
    begin(command) {
      let phase: string | null = null;
      const ended = new Promise<RunEnd>((resolve, reject) => {
        const listen = (report: RunnerReport): void => {
          if (!("end" in report)) {
            phase = report.phase ?? phase;
            return;
          }
          child.off("message", listen);
          resolve(report);
        };
        child.on("message", listen);
        void exited.then(() => reject(new Error("the runner ended")));
      });
      // Of no interest where it is killed as it was told.
      ended.catch(() => undefined);
      child.send(command);
      return {
        phase: () => phase,
        async stopped() {
          const early = ended.then(({ end }) => {
            throw new Error(`the run ended with ${end} before it was stopped`);
          });
          const said = child.stdout === null ? early : once(child.stdout, "data");
          await Promise.race([command.stopAt?.signal === "SIGKILL" ? exited : said, early]);
        },
        ended,
      };
    },
    resume: () => void child.kill("SIGCONT"),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await exited;
    },
  };
}
