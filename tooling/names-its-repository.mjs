// Run before a package is published, in its folder: the registry links to the repository that its manifest names, and
// takes no provenance for another one than that of the workflow.
import { readFileSync } from "node:fs";

const { name, repository } = JSON.parse(readFileSync("package.json", "utf8"));
const { GITHUB_REPOSITORY } = process.env;
const isUnnamed = repository.url.includes("/OWNER/");
const isOther =
  GITHUB_REPOSITORY !== undefined && repository.url !== `git+https://github.com/${GITHUB_REPOSITORY}.git`;
if (isUnnamed || isOther) {
  const where = GITHUB_REPOSITORY ?? "the repository that it is published from";
  console.error(`${name} is not published: "repository" names ${repository.url}, and not ${where}.`);
  process.exit(1);
}
