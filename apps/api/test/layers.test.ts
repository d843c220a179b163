import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const source = join(import.meta.dirname, "../src");

/** Folders and files of `src` from below to above; a room imports only from itself and from what stands before it. */
const rooms: readonly string[] = [
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
  "console",
  "request-context.ts",
  "trpc.ts",
  "admin",
  "router.ts",
  "call-procedure.ts",
  "rest",
  "typed",
  "create-server.ts",
  "serve.ts",
  "main.ts",
];

/** Runs in a browser: what it is made of is all in there, and nothing here may stand on it. */
const page = "console/page";

interface Import {
  readonly from: string;
  readonly to: string;
}

function roomOf(file: string): string {
  return file.startsWith(page) ? page : (file.split("/")[0] ?? "");
}

function mayImport(room: string, other: string): boolean {
  if (room === page || other === page) return room === other;
  return rooms.includes(other) && rooms.indexOf(other) <= rooms.indexOf(room);
}

function violations(imports: readonly Import[]): readonly string[] {
  return imports
    .filter(({ from, to }) => !mayImport(roomOf(from), roomOf(to)))
    .map(({ from, to }) => `${from} imports ${to}`);
}

/** Types included: whoever reads a file has to know what its types are. */
function importsIn(file: string, text: string): readonly Import[] {
  const modules = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]*)"/g);
  return [...modules].map(([, module = ""]) => ({ from: file, to: normalize(join(dirname(file), module)) }));
}

const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);
const imports = files.flatMap((file) => importsIn(file, readFileSync(join(source, file), "utf8")));

describe("the rooms of the API", () => {
  it("have their place among the layers, every one", () => {
    expect(new Set(files.map(roomOf))).toEqual(new Set([...rooms, page]));
  });

  it("import only what is below them", () => {
    expect(imports.length).toBeGreaterThan(files.length);
    expect(violations(imports)).toEqual([]);
  });

  it("would be told of a type, a re-export or a late import of what is above them or runs elsewhere", () => {
    const planted = [
      ...importsIn("auth/caller.ts", 'import type { RequestContext } from "../request-context.ts";'),
      ...importsIn("limits/call-quota.ts", 'export {\n  logger,\n} from "../observe/logger.ts";'),
      ...importsIn("health/health.ts", 'const { serve } = await import("../serve.ts");'),
      ...importsIn("console/serve-console.ts", 'import "./page/main.ts";'),
      ...importsIn("console/page/main.ts", 'import { Caller } from "../../auth/caller.ts";'),
      ...importsIn("rest/rest.ts", 'import { appRouter } from "../router.ts";'),
    ];
    expect(violations(planted)).toEqual([
      "auth/caller.ts imports request-context.ts",
      "limits/call-quota.ts imports observe/logger.ts",
      "health/health.ts imports serve.ts",
      "console/serve-console.ts imports console/page/main.ts",
      "console/page/main.ts imports auth/caller.ts",
    ]);
  });
});
