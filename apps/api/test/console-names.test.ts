import { participantId } from "@onechat/chat-domain";
import { describe, expect, it } from "vitest";
import { freshName } from "../src/console/page/fresh-name.ts";
import { nameFlaw } from "../src/console/page/name-flaw.ts";

function isRefused(name: string): boolean {
  try {
    participantId(name);
    return false;
  } catch {
    return true;
  }
}

describe("names in the console", () => {
  it.each([
    "",
    "a",
    "x".repeat(256),
    "x".repeat(257),
    "\u{1F600}",
    "\u{D83D}",
    "a\tb",
    "\u{7}",
    "Zoë / 東京",
  ])("are wrong where the server refuses them: %j", (name) => {
    expect(nameFlaw(name) !== null).toBe(isRefused(name));
  });

  it("are right when they are fresh, however long the name was", () => {
    for (const name of ["alice", "alice-123456", "x".repeat(256), "\u{1F600}".repeat(128)]) {
      expect(freshName(name)).toMatch(/.-\d{6}$/);
      expect(nameFlaw(freshName(name))).toBeNull();
    }
  });
});
