// Puts chat-router's own files in the place of those here that only name it, so that consumers need nothing of the server:
// the declarations of its procedures and errors stand on @trpc/server alone, once they are rid of what the procedures are
// made from, which is of no concern to a client.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("./dist/", import.meta.url));
const router = dirname(fileURLToPath(import.meta.resolve("@onechat/chat-router")));

const serverOnly = 'import type { ChatProcedure } from "./chat-call.ts";\n';
const declarations = {
  "chat-procedures.d.ts": "chat-procedures.d.ts",
  "error-shape.d.ts": "errors/error-shape.d.ts",
  "max-batch-size.d.ts": "max-batch-size.d.ts",
  "max-batch-size.js": "max-batch-size.js",
};
inline(".", { ...declarations, "max-batch-size.js.map": "max-batch-size.js.map" });
inline("commonjs", declarations);

function inline(folder, files) {
  for (const [name, path] of Object.entries(files)) {
    const file = join(router, folder, path);
    const text = readFileSync(file, "utf8").replace(serverOnly, "type ChatProcedure = object;\n");
    const foreign = [...text.matchAll(/(?:import\(|from |require\()"([^"]+)"/g)]
      .map(([, specifier]) => specifier)
      .filter((specifier) => !/^@trpc\/server(\/|$)/.test(specifier));
    if (foreign.length > 0) {
      console.error(`${file} would need ${[...new Set(foreign)].join(", ")} at the client's consumers`);
      process.exit(1);
    }
    writeFileSync(join(dist, folder, name), text);
  }
}
