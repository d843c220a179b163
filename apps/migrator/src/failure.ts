import { ChatError } from "@onechat/chat-domain";
import { MigrationError } from "@onechat/chat-domain/migrate";
import { exitOfError, exitOfSignal, type ExitName, type StopSignal } from "./exit-codes.ts";
import { UsageError } from "./usage-error.ts";

/** An error as it is shown: without secrets. */
export interface Failure {
  readonly exit: ExitName;
  readonly code: string;
  readonly message: string;
  readonly problems: readonly string[];
}

export interface FailureSetting {
  readonly stoppedBy: StopSignal | null;
  /** The servers that were asked, without credentials. */
  readonly hosts: string;
  readonly mask: (text: string) => string;
}

/** What any error means for whoever started the command. */
export function failureOf(error: unknown, setting: FailureSetting): Failure {
  const { mask } = setting;
  const { exit, code, message, problems = [] } = described(error, setting);
  return { exit, code, message: mask(message), problems: problems.map(mask) };
}

type Described = Omit<Failure, "problems"> & { readonly problems?: readonly string[] };

function described(error: unknown, { stoppedBy, hosts }: FailureSetting): Described {
  if (stoppedBy !== null && isOfSignal(error)) {
    return { exit: exitOfSignal(stoppedBy), code: "INTERRUPTED", message: `stopped by ${stoppedBy}` };
  }
  if (error instanceof UsageError)
    return {
      exit: "usage",
      code: "USAGE",
      message: "the configuration cannot be used",
      problems: error.problems,
    };
  if (error instanceof ChatError && error.code !== "UNAVAILABLE")
    return { exit: "failed", code: error.code, message: error.message };
  if (error instanceof ChatError || isOfNetwork(error)) {
    const message = `the database at ${hosts} does not answer: ${causeText(error)}`;
    return { exit: exitOfError("UNAVAILABLE"), code: "UNAVAILABLE", message };
  }
  if (error instanceof MigrationError) {
    const { code, problems } = error;
    const where = code === "UNAVAILABLE" ? ` (${hosts}: ${causeText(error)})` : "";
    return { exit: exitOfError(code), code, message: `${error.message}${where}`, problems };
  }
  return { exit: "failed", code: "UNEXPECTED", message: unexpectedText(error) };
}

/** A signal ends a wait for the lock, and a scan. */
function isOfSignal(error: unknown): boolean {
  return (
    error instanceof Error && (error.name === "AbortError" || ("code" in error && error.code === "LOCKED"))
  );
}

function causeText({ message, cause }: Error): string {
  return cause instanceof Error ? cause.message : message;
}

/** What the database or the network says is clear enough; anything else is a mistake of ours, whose place matters. */
function unexpectedText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = error.name.startsWith("Mongo") || "code" in error;
  return known ? `${error.name}: ${error.message}` : (error.stack ?? error.message);
}

/** Looking up the servers of a `mongodb+srv` string happens before the driver speaks with any. */
function isOfNetwork(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}
