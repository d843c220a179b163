/**
 * The Debian mirror that this machine's apt uses, from the output of
 * `apt-get indextargets --format '$(RELEASE) $(REPO_URI) $(ORIGIN)'`; `null` when apt has no Debian archive.
 */
export function debianMirror(indexTargets: string): string | null {
  const targets = indexTargets.split("\n").map((line) => line.trim().split(" "));
  const archives = targets.flatMap(([release = "", uri = "", origin = ""]) =>
    uri === "" || uri.includes("security") ? [] : [{ release, uri: uri.replace(/\/$/, ""), origin }],
  );
  const declared = archives.find(({ origin }) => origin === "Debian");
  // Without downloaded lists, as in most container images, no origin is known. Others have archives whose address
  // ends in /debian too, but only the distribution's own has updates beside a release.
  const likely = archives.find(({ uri, release }) => uri.endsWith("/debian") && release.endsWith("-updates"));
  return (declared ?? likely)?.uri ?? null;
}
