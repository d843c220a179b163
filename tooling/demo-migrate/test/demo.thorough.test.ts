import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);
const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));

describe("pnpm demo:migrate", () => {
  it("migrates, rolls back byte by byte and migrates again, and says so", async () => {
    const { stdout } = await run(process.execPath, [program, "--chats", "300", "--seed", "7"]);
    const commands = [...stdout.matchAll(/^\$ pnpm migrator (\w+)/gm)].map(([, command]) => command);
    expect(commands).toEqual(["plan", "up", "verify", "rollback", "up", "up", "rollback"]);
    expect(stdout).toContain(
      [
        "  unread: Ann 2, Ben 3",
        "    09:00 Ann: Hello, Ben!",
        "    09:01 Ben: Ann? Are you there?",
        "    09:02 Ann: On my phone now.",
      ].join("\n"),
    );
    expect(stdout).toContain("Three again, byte for byte as they were.");
    const summary = stdout.slice(stdout.indexOf("── Summary"));
    expect(summary).toContain("300 chats became one for each of 269 sets of people; nothing was lost.");
    expect(summary).toMatch(/live chats +300 +270 +1 of them parked/);
    expect(summary).toMatch(/duplicates +30 +0 +merged into the oldest chat of the same people/);
    expect(summary).toMatch(/messages +1 507 +1 507$/m);
    expect(summary).toContain("chats and messages were byte for byte what they had been");
    expect(summary).toContain("Parked: 1 broken chat, left for a person to put right");
    expect(summary).toContain("Hence exit code 6 instead of 0.");
  });

  it("refuses arguments that it does not know", async () => {
    await expect(run(process.execPath, [program, "--shape", "phpbb"])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("--shape is one of onechat, mern, rocketchat"),
    });
  });
});
