// Said of the folder it is run for: beside the package's modules lie the same as CommonJS, for `require` and Jest.
import { writeFileSync } from "node:fs";

writeFileSync("dist/commonjs/package.json", `${JSON.stringify({ type: "commonjs" })}\n`);
