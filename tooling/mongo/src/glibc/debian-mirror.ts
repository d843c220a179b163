/**
 * The Debian mirror that this machine's apt uses, from the output of
 * `apt-get indextargets --format '$(ORIGIN) $(REPO_URI)'`; `null` when apt has no Debian archive.
 */
export function debianMirror(indexTargets: string): string | null {
  for (const line of indexTargets.split("\n")) {
    const [origin, uri] = line.trim().split(" ");
    if (origin === "Debian" && uri !== undefined && !uri.includes("security")) return uri.replace(/\/$/, "");
  }
  return null;
}
