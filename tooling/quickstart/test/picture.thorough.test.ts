import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findChromium, freePort, needs } from "@onechat/testing";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));

describe("npm run picture", needs(findChromium(process.env).missing), () => {
  it("takes a light and a dark picture of a race in which find-then-insert failed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "onechat-picture-"));
    try {
      const env = { ...process.env, PORT: String(await freePort()) };
      const { stdout } = await run("npx", ["tsx", "tooling/quickstart/picture/main.ts", folder], {
        cwd: root,
        env,
      });
      expect(stdout.trim().split("\n")).toEqual(
        Array(2).fill(
          expect.stringMatching(/onechat: 1 chat\. Find, then insert: [2-6] chats of the same two users\.$/),
        ),
      );
      expect(await readdir(folder)).toEqual(["race-dark.png", "race-light.png"]);
      const pictures = await Promise.all(
        ["dark", "light"].map((scheme) => readFile(join(folder, `race-${scheme}.png`))),
      );
      expect(pictures[0]?.equals(pictures[1] ?? Buffer.of())).toBe(false);
      for (const picture of pictures) {
        expect(picture.subarray(1, 4).toString()).toBe("PNG");
        expect(picture.length).toBeLessThan(80_000);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
