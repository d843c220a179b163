import { describe, expect, it } from "vitest";
import { createChatClient, isChatError } from "../src/index.ts";
import { gatewayJson, stubApi, success } from "./stub-api.ts";

const input = { participants: ["bob"] };

describe("a gateway that refuses with JSON of its own", () => {
  it.each([
    { status: 401, code: "UNAUTHORIZED" },
    { status: 429, code: "TOO_MANY_REQUESTS" },
    { status: 502, code: "BAD_GATEWAY" },
    { status: 418, code: "BAD_REQUEST" },
    { status: 520, code: "INTERNAL_SERVER_ERROR" },
  ])("keeps its status: $status", async ({ status, code }) => {
    for (const batch of [true, false]) {
      await using api = await stubApi(gatewayJson(status));
      const client = createChatClient({ url: api.url, token: "t", retries: 0, batch });
      const error: unknown = await client.chat.find.query(input).catch((failure: unknown) => failure);
      expect(isChatError(error) && error.data).toMatchObject({ code, httpStatus: status, reason: null });
      expect(String(error)).toContain(`status ${status}`);
    }
  });

  it("is asked again with a new token after its 401", async () => {
    await using api = await stubApi(gatewayJson(401), success);
    const client = createChatClient({ url: api.url, token: ({ refused }) => (refused ? "new" : "old") });
    await client.chat.createOrGet.mutate(input);
    expect(api.requests.map(({ authorization }) => authorization)).toEqual(["Bearer old", "Bearer new"]);
  });

  it("is no API when it answers as if all were well", async () => {
    await using api = await stubApi(gatewayJson(200));
    const client = createChatClient({ url: api.url, token: "t" });
    await expect(client.chat.find.query(input)).rejects.toThrow(/is the URL right/);
    expect(api.requests).toHaveLength(1);
  });
});
