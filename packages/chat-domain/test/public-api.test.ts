import { describe, expect, it } from "vitest";
import * as connectEntry from "../src/connect/index.ts";
import * as mainEntry from "../src/index.ts";

describe("the public surface", () => {
  it("of the package is these values and no others", () => {
    expect(Object.keys(mainEntry).toSorted()).toMatchInlineSnapshot(`
      [
        "ChatError",
        "ChatModel",
        "assertIndexes",
        "chatContext",
        "chatIds",
        "chatIndexes",
        "createOrGetChat",
        "ensureIndexes",
        "ensureIndexesIfEmpty",
        "findChat",
        "getChat",
        "listChats",
        "maxIdLength",
        "maxListLimit",
        "participantId",
        "participantsKey",
        "resolveChatId",
      ]
    `);
  });

  it("of ./connect is one function", () => {
    expect(Object.keys(connectEntry)).toEqual(["connect"]);
  });
});
