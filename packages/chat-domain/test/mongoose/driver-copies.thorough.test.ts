import { describe, it } from "vitest";
import { copies, expectMigrated } from "./own-copies.ts";

describe.each(copies)("a Db of %s", (_, open) => {
  it("has its legacy chats claimed, merged, and brought back as they were", async () => {
    await using copy = await open();
    await expectMigrated(copy);
  });
});
