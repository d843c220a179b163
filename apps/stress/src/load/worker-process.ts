import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Orders, Report, SeenOperation } from "./orders.ts";

// The same file from the sources and from their build: the child runs plain JavaScript in both cases.
const program = fileURLToPath(new URL("../../dist/load/worker-main.js", import.meta.url));

/** A child that makes calls, as the harness sees it. */
export interface WorkerProcess extends AsyncDisposable {
  readonly name: string;
  /** Resolves when the worker has done it. Rejects when it could not, or has died. */
  tell<K extends keyof Orders>(
    order: K,
    ...args: Parameters<Orders[K]>
  ): Promise<Awaited<ReturnType<Orders[K]>>>;
}

export interface WorkerSetting {
  readonly name: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onOperations: (name: string, operations: readonly SeenOperation[]) => void;
}

interface Waiting {
  readonly resolve: (reply: never) => void;
  readonly reject: (error: Error) => void;
}

export function startWorker({ name, env, onOperations }: WorkerSetting): WorkerProcess {
  // A group of its own: Ctrl-C in a terminal is for the harness, which ends its workers when their calls are noted.
  const child = spawn(process.execPath, [program], {
    env,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    detached: true,
  });
  const waiting = new Map<number, Waiting>();
  let orders = 0;
  child.on("message", (report: Report) => {
    if (report.report === "seen") return onOperations(name, report.operations);
    const asked = waiting.get(report.number);
    waiting.delete(report.number);
    if (report.report === "done") asked?.resolve(report.reply as never);
    else asked?.reject(new Error(report.message));
  });
  const ended = once(child, "exit");
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`worker ${name} has died`));
    return waiting.clear();
  });
  return {
    name,
    tell: (order, ...args) =>
      new Promise((resolve, reject) => {
        orders += 1;
        if (!child.connected) return reject(new Error(`worker ${name} has died`));
        waiting.set(orders, { resolve, reject });
        child.send({ number: orders, order, args });
      }),
    [Symbol.asyncDispose]: () => endOf(child, ended),
  };
}

async function endOf(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.connected) child.disconnect();
  const impatience = setTimeout(() => child.kill("SIGKILL"), 2_000);
  await ended;
  clearTimeout(impatience);
}
