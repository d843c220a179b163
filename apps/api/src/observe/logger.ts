import { type DestinationStream, destination, type Logger, pino } from "pino";

export type LogLevel = "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";

/**
 * An error without what the database quotes: a duplicate key's message holds the values of another index, and a
 * stack begins with the message.
 */
function loggedError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const code: unknown = "code" in error ? error.code : undefined;
  const message = error.message.replace(/\bdup key:.*/s, "dup key: (not logged)");
  const stack = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { type: error.name, code, message, stack: stack.join("\n") };
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
      serializers: { err: loggedError },
      redact: {
        paths: [...secrets, ...secrets.map((name) => `*.${name}`), ...secrets.map((name) => `*.*.${name}`)],
      },
    },
    stream ?? destination(1),
  );
}
