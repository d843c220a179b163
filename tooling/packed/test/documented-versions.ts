import { readFileSync } from "node:fs";

/** A row of docs/versions.md. */
export interface DocumentedVersions {
  readonly name: string;
  readonly packages: readonly string[];
  readonly range: string;
  readonly tried: readonly string[];
}

const page = readFileSync(new URL("../../../docs/versions.md", import.meta.url), "utf8");

export const documentedVersions: readonly DocumentedVersions[] = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => {
    const [, what = "", packages = "", range = "", tried = ""] = line
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    return {
      name: /`([^`]+)`/.exec(what)?.[1] ?? what,
      packages: packages.split(", "),
      range: range.replaceAll("`", "").replaceAll("\\|", "|"),
      tried: tried.split(", "),
    };
  });

export function triedVersions(name: string): readonly string[] {
  const tried = documentedVersions.find((row) => row.name === name)?.tried ?? [];
  if (tried.length === 0) throw new Error(`docs/versions.md has no versions of ${name}`);
  return tried;
}
