import { type DestinationStream, destination, type Logger, pino } from "pino";

export type LogLevel = "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";

/** JSON lines without secrets: what could hold one is cut out wherever a caller puts it. */
export function createLogger(level: LogLevel, stream: DestinationStream = destination(1)): Logger {
  const secrets = ["authorization", "cookie", "token", "secret", "uri"];
  return pino(
    {
      level,
      base: { service: "onechat-api" },
      redact: {
        paths: [...secrets, ...secrets.map((name) => `*.${name}`), ...secrets.map((name) => `*.*.${name}`)],
      },
    },
    stream,
  );
}
