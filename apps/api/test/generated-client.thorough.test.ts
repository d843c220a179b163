import { packedProject } from "@onechat/packed";
import { describe, expect, it } from "vitest";
import { openApiDocument } from "../src/rest/openapi-document.ts";

describe("a client that openapi-typescript makes of the document", () => {
  it("compiles, with exact types", async () => {
    await using project = await packedProject([], {
      "openapi-fetch": "^0.15.0",
      "openapi-typescript": "^7.10.0",
      typescript: "5.9.3",
    });
    const made = await project.tool("openapi-typescript", ["openapi.json", "--output", "api.ts"], {
      "openapi.json": JSON.stringify(openApiDocument("1.0.0")),
    });
    expect(made).toMatchObject({ status: 0 });
    const options = { module: "NodeNext", target: "ES2022", lib: ["ES2023", "DOM"], types: [], strict: true };
    const compiled = await project.tool("tsc", ["-p", "."], {
      "tsconfig.json": JSON.stringify({
        compilerOptions: { ...options, noEmit: true },
        files: ["consumer.ts"],
      }),
      "consumer.ts": `
        import createClient from "openapi-fetch";
        import type { components, paths } from "./api.js";

        const client = createClient<paths>({ baseUrl: "http://127.0.0.1:3000/api" });
        const { data, error } = await client.POST("/chats/create-or-get", { body: { participants: ["bob"] } });
        const chat: components["schemas"]["Chat"] | undefined = data?.chat;
        const refusal: components["schemas"]["ChatError"] | undefined = error;
        const found = await client.POST("/chats/find", { body: { participants: ["bob"] } });
        const same: components["schemas"]["Chat"] | null | undefined = found.data;
        const one = await client.GET("/chats/{id}", { params: { path: { id: chat?.id ?? "" } } });
        const page = await client.GET("/chats", { params: { query: { limit: 10 } } });
        console.log(refusal?.error.data.reason, same?.id, one.data?.participants.length, page.data?.next);

        // @ts-expect-error an id is text
        const wrong: number | undefined = chat?.id;
        // @ts-expect-error participants are required
        await client.POST("/chats/create-or-get", { body: {} });
        // @ts-expect-error there is no such reason
        console.log(wrong, refusal?.error.data.reason === "OOPS");
      `,
    });
    expect(compiled).toEqual({ status: 0, output: "" });
  });
});
