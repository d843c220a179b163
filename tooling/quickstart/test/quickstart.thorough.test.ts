import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort, until } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { quickstart } from "../src/quickstart.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));
const apiProgram = fileURLToPath(new URL("../../../apps/api/dist/main.js", import.meta.url));

interface Started {
  readonly text: string;
  stop(): Promise<number>;
}

async function start(dataFolder: string, port: number): Promise<Started> {
  const stop = new AbortController();
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], LOG_LEVEL: "silent" };
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    const ended = quickstart({
      dataFolder,
      apiProgram,
      port,
      env,
      stop: stop.signal,
      print(text) {
        lines.push(text);
        if (!text.includes("hello.ts")) return;
        resolve({
          text: lines.join("\n"),
          stop() {
            stop.abort();
            return ended;
          },
        });
      },
    });
    ended.catch(reject);
  });
}

interface Program extends AsyncDisposable {
  readonly child: ChildProcess;
  /** What it and the API have written, once both have ended. */
  readonly output: Promise<string>;
}

/** The quickstart as the foreground of a terminal of its own, ready to be used. */
async function startedProgram(): Promise<Program> {
  const dataFolder = await mkdtemp(join(tmpdir(), "onechat-quickstart-"));
  const library = fileURLToPath(new URL("../dist/quickstart.js", import.meta.url));
  const code = `
    import { quickstart } from ${JSON.stringify(library)};
    const stop = new AbortController();
    process.once("SIGINT", () => stop.abort());
    process.exitCode = await quickstart({
      ...${JSON.stringify({ dataFolder, apiProgram, port: await freePort() })},
      env: process.env,
      print: console.log,
      stop: stop.signal,
    });`;
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
  const stdio: ["ignore", "pipe", "inherit"] = ["ignore", "pipe", "inherit"];
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { detached: true, env, stdio });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => void (text += chunk));
  // Its output ends when the last that writes there has ended.
  const output = once(child, "close").then(() => text);
  await until("the quickstart to be ready", () => text.includes("hello.ts"));
  return {
    child,
    output,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await output;
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

interface ForPasting {
  readonly consoleUrl: string;
  readonly curl: string;
  readonly snippet: string;
}

/** What a newcomer would copy: an address, the curl line, and the snippet from its first line to its last. */
function pasted(text: string): ForPasting {
  return {
    consoleUrl: /Console +(\S+)/.exec(text)?.[1] ?? "",
    curl: /^curl .*$/m.exec(text)?.[0] ?? "",
    snippet: /^import [\s\S]*?^console\.log.*$/m.exec(text)?.[0] ?? "",
  };
}

describe("npm start", () => {
  it("prints a console, a curl line and a TypeScript snippet that work as they stand, and keeps chats over a restart", async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), "onechat-quickstart-"));
    const snippetFile = join(root, `quickstart-${process.pid}.ts`);
    try {
      const first = await start(dataFolder, await freePort());
      const { curl, snippet, consoleUrl } = pasted(first.text);
      const page = await fetch(consoleUrl);
      expect([page.status, page.headers.get("content-type")]).toEqual([
        200,
        expect.stringContaining("text/html"),
      ]);
      const answers = [await run("sh", ["-c", curl]), await run("sh", ["-c", curl])].map(
        ({ stdout }) =>
          JSON.parse(stdout) as { readonly chat: { readonly id: string }; readonly created: boolean },
      );
      expect(answers.map(({ created }) => created)).toEqual([true, false]);
      await writeFile(snippetFile, snippet);
      const { stdout } = await run("npx", ["tsx", snippetFile], { cwd: root });
      expect(stdout.trim()).toBe(`${answers[0]?.chat.id} existed already`);
      expect(await first.stop()).toBe(0);

      const second = await start(dataFolder, await freePort());
      const oldToken = /Bearer (\S+)'/.exec(curl)?.[1];
      const again = pasted(second.text).curl.replace(/Bearer \S+'/, `Bearer ${oldToken}'`);
      expect(JSON.parse((await run("sh", ["-c", again])).stdout)).toMatchObject({
        created: false,
        chat: answers[0]?.chat,
      });
      expect(await second.stop()).toBe(0);
    } finally {
      await rm(snippetFile, { force: true });
      await rm(dataFolder, { recursive: true, force: true });
    }
  });

  it("ends its API once and in peace at Ctrl-C, which reaches all that a terminal has in the foreground", async () => {
    await using started = await startedProgram();
    process.kill(-(started.child.pid ?? Number.NaN), "SIGINT");
    const output = await started.output;
    expect([started.child.exitCode, output.match(/"signal":"\w+"/g)]).toEqual([0, ['"signal":"SIGTERM"']]);
    expect(output).not.toContain("second SIG");
  });

  it("leaves no API behind when it is killed", async () => {
    await using started = await startedProgram();
    started.child.kill("SIGKILL");
    expect(await started.output).toContain("shutting down");
  });

  it("ends, with nothing left running, when its port is taken", async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), "onechat-quickstart-"));
    const occupied = createServer().listen(0, "127.0.0.1");
    await once(occupied, "listening");
    const { port } = occupied.address() as AddressInfo;
    try {
      await expect(start(dataFolder, port)).rejects.toThrow(
        `port ${port} is in use; choose another: PORT=${port + 1} npm start`,
      );
    } finally {
      occupied.close();
      await rm(dataFolder, { recursive: true, force: true });
    }
  });
});
