import { exampleFolder, exampleNames } from "./example-folders.ts";
import { installExample } from "./install-example.ts";

async function run(names: readonly string[]): Promise<number> {
  const [name = ""] = names;
  if (names.length !== 1 || !exampleNames.includes(name)) {
    console.error(`Usage: npm run example -- NAME, where NAME is one of ${exampleNames.join(", ")}`);
    return 2;
  }
  console.log(`Installing examples/${name}; the first time takes up to a minute …`);
  try {
    await installExample(exampleFolder(name));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
  console.log(`Installed: examples/${name}/README.md says how it goes on.`);
  return 0;
}

process.exitCode = await run(process.argv.slice(2));
