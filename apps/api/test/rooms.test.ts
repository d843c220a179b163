import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const source = fileURLToPath(new URL("../src", import.meta.url));

/** From the ground up. A file or folder imports only from itself and from what stands before it. */
const rooms = [
  "package-version.ts",
  "auth",
  "errors",
  "limits",
  "observe",
  "health",
  "http",
  "config",
  "metrics",
  "tracing",
  "request-context.ts",
  "trpc.ts",
  "admin",
  "router.ts",
  "rest",
  "console",
  "create-server.ts",
  "serve.ts",
  "main.ts",
] as const;

interface Import {
  readonly from: string;
  readonly to: string;
}

function roomOf(file: string): string {
  return relative(source, file).split(sep)[0] ?? "";
}

const files: readonly string[] = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => join(source, name));

const imports: readonly Import[] = files.flatMap((file) => {
  const specifiers = readFileSync(file, "utf8").matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g);
  return [...specifiers].map(([, specifier = ""]) => ({ from: file, to: resolve(dirname(file), specifier) }));
});

describe("the rooms of the API", () => {
  it("are all that there is", () => {
    expect(new Set(files.map(roomOf))).toEqual(new Set(rooms));
  });

  it("import only what is below them", () => {
    expect(imports.length).toBeGreaterThan(100);
    const level = (file: string): number => (rooms as readonly string[]).indexOf(roomOf(file));
    const upwards = imports.filter(({ from, to }) => level(to) > level(from));
    expect(
      upwards.map(({ from, to }) => `${relative(source, from)} imports ${relative(source, to)}`),
    ).toEqual([]);
  });

  it("leave the console's page to itself: it runs in a browser", () => {
    const page = join(source, "console", "page") + sep;
    const across = imports.filter(({ from, to }) => from.startsWith(page) !== to.startsWith(page));
    expect(across).toEqual([]);
  });
});
