import { type ChildProcess, spawn } from "node:child_process";

export interface ProcessFreezer {
  pause(): void;
  resume(): void;
}

/**
 * Freezes and thaws a process. A frozen one cannot notice that its parent has died, so a shell waits beside it, and
 * thaws it when its own standard input ends because this process did.
 */
export function processFreezer(child: ChildProcess): ProcessFreezer {
  let waker: ChildProcess | null = null;
  return {
    pause() {
      if (waker !== null) return;
      waker = spawn("sh", ["-c", 'read -r _; kill -CONT "$0"', String(child.pid)], {
        stdio: ["pipe", "ignore", "ignore"],
        detached: true,
      });
      child.kill("SIGSTOP");
    },
    resume() {
      if (waker === null) return;
      // Gone before the thaw: a late one would undo the next pause.
      waker.kill("SIGKILL");
      waker = null;
      child.kill("SIGCONT");
    },
  };
}
