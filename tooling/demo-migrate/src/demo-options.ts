import { parseArgs } from "node:util";
import { LegacyShape } from "@onechat/legacy-data";

export interface DemoOptions {
  readonly chats: number;
  readonly shape: LegacyShape;
  readonly seed: number;
}

export const demoHelp = `Usage: pnpm demo:migrate [options]     (or: npm run demo:migrate -- [options])

Fills a database of its own with chats as an application had them before onechat, duplicates and broken ones
included; migrates it with the real command line, verifies, rolls back, compares, and migrates it again. Then shows a
conversation that holds its messages itself, before, after and back again.

  --chats <n>      how many chats (20000)
  --shape <name>   whose documents: ${LegacyShape.options.join(", ")} (mern)
  --seed <n>       the same seed is the same data, byte for byte (1)
  --help           this text`;

/** @throws Error that says what is wrong with the arguments */
export function parseDemoOptions(argv: readonly string[]): DemoOptions | "help" {
  const { values } = parseArgs({
    // npm and pnpm differ in whether the separator arrives.
    args: argv.filter((argument) => argument !== "--"),
    options: {
      chats: { type: "string", default: "20000" },
      shape: { type: "string", default: "mern" },
      seed: { type: "string", default: "1" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const shape = LegacyShape.safeParse(values.shape);
  if (!shape.success) throw new Error(`--shape is one of ${LegacyShape.options.join(", ")}`);
  return {
    chats: wholeNumber("--chats", values.chats, 1),
    shape: shape.data,
    seed: wholeNumber("--seed", values.seed, 0),
  };
}

function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least) return value;
  throw new Error(`${flag} is a whole number, at least ${least}`);
}
