// Puts the router's own declarations into dist, so that consumers need nothing of the server: what the types say about
// its context and metadata is of no concern to a client, and everything else stands on @trpc/server alone.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("./dist/", import.meta.url));
const api = dirname(fileURLToPath(import.meta.resolve("@onechat/api/router")));

const serverOnly = [
  /import\("\.\/request-context\.ts"\)\.RequestContext/g,
  /import\("trpc-to-openapi"\)\.OpenApiMeta/g,
];
const declarations = serverOnly
  .reduce((text, type) => text.replaceAll(type, "object"), readFileSync(join(api, "router.d.ts"), "utf8"))
  .replaceAll('import("./error-shape.ts")', 'import("./error-shape.js")');

const foreign = [...declarations.matchAll(/(?:import\(|from )"([^"]+)"/g)]
  .map(([, specifier]) => specifier)
  .filter((specifier) => specifier !== "./error-shape.js" && !/^@trpc\/server(\/|$)/.test(specifier));
if (foreign.length > 0) {
  console.error(
    `the router's types would need ${[...new Set(foreign)].join(", ")} at the client's consumers`,
  );
  process.exit(1);
}

writeFileSync(join(dist, "app-router.d.ts"), declarations);
copyFileSync(join(api, "error-shape.d.ts"), join(dist, "error-shape.d.ts"));
