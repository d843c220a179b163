import { type DestinationStream, destination, type Logger, pino } from "pino";

export type LogLevel = "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";

/** What tells of a failed connection without quoting anything. */
const plainFacts = ["code", "codeName", "syscall", "address", "port"] as const;
const mostCauses = 4;

/**
 * An error without words that are not ours: a database, a parser, a library quote what they were given, and that holds
 * ids of people. Where it came from, its code and its causes say what happened; a stack begins with the message.
 */
function loggedError(error: unknown, causes = mostCauses): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const facts = plainFacts.flatMap((name) => {
    const value: unknown = Reflect.get(error, name);
    return ["string", "number"].includes(typeof value) ? [[name, value] as const] : [];
  });
  const stack = (error.stack ?? "").replace(error.message, "").split("\n");
  return {
    type: error.name,
    ...Object.fromEntries(facts),
    ...ownWords(error),
    stack: stack.filter((line) => /^\s+at /.test(line)).join("\n"),
    ...(error.cause instanceof Error && causes > 0 ? { cause: loggedError(error.cause, causes - 1) } : {}),
  };
}

/** Ours, told by the name because its class would load the driver before tracing can watch it, and of a duplicate key what comes before the values. */
function ownWords(error: Error): { readonly message?: string } {
  if (error.name === "ChatError") return { message: error.message };
  const [index] = /^E11000 duplicate key error collection: \S+ index: \S+ dup key:/.exec(error.message) ?? [];
  return index === undefined ? {} : { message: `${index} (not logged)` };
}

export interface LoggerOptions {
  readonly stream?: DestinationStream;
  /** Fields of every line, such as the ids of the span that it belongs to. */
  readonly lineFields?: (() => object) | null;
}

/** JSON lines without secrets: what could hold one is cut out wherever a caller puts it. */
export function createLogger(level: LogLevel, { stream, lineFields }: LoggerOptions = {}): Logger {
  const secrets = ["authorization", "cookie", "token", "secret", "uri"];
  return pino(
    {
      level,
      base: { service: "onechat-api" },
      ...(lineFields ? { mixin: lineFields } : {}),
      serializers: { err: (error: unknown) => loggedError(error) },
      redact: {
        paths: [...secrets, ...secrets.map((name) => `*.${name}`), ...secrets.map((name) => `*.*.${name}`)],
      },
    },
    stream ?? destination(1),
  );
}
