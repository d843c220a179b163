import { parseArgs } from "node:util";
import { MongoProvider } from "./mongo-server.ts";

export const usage = `Usage: npm run mongo -- [--port N] [--dir DIR] [--provider NAME]

Runs a MongoDB in the foreground until Ctrl-C or SIGTERM (exit 0). The first line on stdout is MONGODB_URI=…

  --port N         listen on this port of 127.0.0.1; any free one unless given
  --dir DIR        keep the data there; thrown away at the end unless given
  --provider NAME  ${MongoProvider.options.join(", ")}; the first that works unless given
  --help           this text
`;

export interface CliOptions {
  readonly help: boolean;
  readonly port?: number;
  readonly dir?: string;
  readonly provider?: MongoProvider;
}

/** @throws TypeError that names the wrong flag or value */
export function parseCli(argv: readonly string[]): CliOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: "string" },
      dir: { type: "string" },
      provider: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  return {
    help: values.help,
    ...(values.port === undefined ? {} : { port: portNumber(values.port) }),
    ...(values.dir === undefined ? {} : { dir: values.dir }),
    ...(values.provider === undefined ? {} : { provider: knownProvider(values.provider) }),
  };
}

function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new TypeError(`--port takes a number from 0 to 65535, not ${text}`);
}

function knownProvider(text: string): MongoProvider {
  const parsed = MongoProvider.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new TypeError(`--provider takes one of ${MongoProvider.options.join(", ")}, not ${text}`);
}
