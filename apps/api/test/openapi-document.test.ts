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

describe("the OpenAPI document", () => {
  it("describes the three routes", () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.info.version).toBe("1.2.3");
    expect(Object.keys(document.paths ?? {})).toEqual(["/chats/create-or-get", "/chats/{id}", "/chats"]);
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
          content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
        });
    }
    expect(document.components?.schemas?.["Error"]).toMatchObject({
      properties: { error: { properties: { data: { properties: { reason: {}, requestId: {} } } } } },
    });
  });

  it("refers to nothing that is not in it, and survives JSON", () => {
    const schemas = Object.keys(document.components?.schemas ?? {}).map(
      (name) => `#/components/schemas/${name}`,
    );
    expect(schemas).toEqual(expect.arrayContaining([...references(document)]));
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});
