import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { freePort } from "@onechat/testing";
import type { ExampleDatabase } from "./example-database.ts";
import { type RunningProgram, startProgram } from "./running-program.ts";

const main = fileURLToPath(import.meta.resolve("@onechat/api/main"));

export interface DevelopmentApi extends RunningProgram {
  readonly url: string;
}

/** The API as `npm start` has it: browsers' pages of this machine may call, and whoever asks gets a token. */
export async function developmentApi({ env }: ExampleDatabase): Promise<DevelopmentApi> {
  const port = await freePort();
  const settings = { ...env, AUTH_DEV: "1", NODE_ENV: "development", PORT: String(port) };
  const program = startProgram(`exec "${process.execPath}" "${main}"`, { cwd: tmpdir(), env: settings });
  const url = `http://127.0.0.1:${port}`;
  await program.answers(`${url}/readyz`);
  return { ...program, url };
}
