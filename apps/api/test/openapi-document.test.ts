import { describe, expect, it } from "vitest";
import { openApiDocument } from "../src/rest/openapi-document.ts";

const document = openApiDocument("1.2.3");
const operations = Object.values(document.paths ?? {}).flatMap(({ get, post }) =>
  [get, post].filter((operation) => operation !== undefined),
);

function references(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "$ref" && typeof inner === "string" ? [inner] : references(inner),
  );
}

function arrays(value: unknown): readonly object[] {
  if (typeof value !== "object" || value === null) return [];
  const isSchema = "type" in value && value.type === "array" && "items" in value;
  return [...(isSchema ? [value] : []), ...Object.values(value).flatMap(arrays)];
}

describe("the OpenAPI document", () => {
  it("describes the four routes", () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.info.version).toBe("1.2.3");
    expect(Object.keys(document.paths ?? {})).toEqual([
      "/chats/create-or-get",
      "/chats/find",
      "/chats/{id}",
      "/chats",
    ]);
    expect(document.components?.securitySchemes?.["bearer"]).toMatchObject({
      type: "http",
      scheme: "bearer",
    });
  });

  it("says who may call, and with which parameters", () => {
    for (const { security } of operations) expect(security).toEqual([{ bearer: [] }]);
    expect(document.paths?.["/chats"]?.get?.parameters).toMatchObject(
      ["scope", "after", "limit", "participant"].map((name) => ({ name, in: "query" })),
    );
    expect(document.paths?.["/chats/{id}"]?.get?.parameters).toMatchObject([
      { name: "id", in: "path", required: true },
    ]);
  });

  it("describes every error in the shape that it has", () => {
    for (const { responses = {} } of operations) {
      const errors = Object.entries<object>(responses).filter(([status]) => Number(status) >= 400);
      expect(errors.map(([status]) => status)).toContain("503");
      for (const [, answer] of errors)
        expect(answer).toMatchObject({
          content: { "application/json": { schema: { $ref: "#/components/schemas/ChatError" } } },
        });
    }
    expect(document.components?.schemas?.["ChatError"]).toMatchObject({
      properties: { error: { properties: { data: { properties: { reason: {}, requestId: {} } } } } },
    });
  });

  it("names what generated clients are to have names for, and nothing else", () => {
    expect(Object.keys(document.components?.schemas ?? {}).toSorted()).toEqual(["Chat", "ChatError"]);
    expect(document.tags).toMatchObject([{ name: "chats", description: expect.any(String) }]);
    for (const operation of operations)
      expect(operation).toMatchObject({
        tags: ["chats"],
        summary: expect.any(String),
        description: expect.any(String),
      });
  });

  it("promises those errors only that can come, and says when to come back", () => {
    const statuses = Object.fromEntries(
      operations.map(({ operationId, responses }) => [operationId, Object.keys(responses ?? {}).join(" ")]),
    );
    expect(statuses).toEqual({
      "chat-createOrGet": "200 400 401 413 415 429 500 503",
      "chat-find": "200 400 401 413 415 429 500 503",
      "chat-get": "200 400 401 404 414 429 500 503",
      "chat-list": "200 400 401 403 429 500 503",
    });
    for (const { responses = {} } of operations) {
      expect(responses["429"]).toHaveProperty(["headers", "Retry-After"]);
      expect(responses["503"]).toHaveProperty(["headers", "Retry-After"]);
    }
  });

  it("bounds every list, and shows an example of every body", () => {
    const lists = arrays(document);
    expect(lists.length).toBeGreaterThan(3);
    for (const list of lists)
      expect(list).toMatchObject({ minItems: expect.any(Number), maxItems: expect.any(Number) });
    for (const schema of Object.values(document.components?.schemas ?? {}))
      expect(schema).toHaveProperty("examples");
  });

  it("refers to nothing that is not in it, and survives JSON", () => {
    const schemas = Object.keys(document.components?.schemas ?? {}).map(
      (name) => `#/components/schemas/${name}`,
    );
    expect(schemas).toEqual(expect.arrayContaining([...references(document)]));
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});
