import { z } from "zod";

const Report = z.object({ header: z.object({ glibcVersionRuntime: z.string().optional() }) });

/** The C library's version, such as `2.36`; `null` where it is not glibc. */
export function glibcVersion(): string | null {
  // Looking up network interfaces is what makes a report slow.
  Reflect.set(process.report, "excludeNetwork", true);
  return Report.parse(process.report.getReport()).header.glibcVersionRuntime ?? null;
}

/** Whether version `a` is at least `b`, part by part: 2.9 is older than 2.38. */
export function isAtLeast(a: string, b: string): boolean {
  const [partsOfA, partsOfB] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (const [index, part] of partsOfB.entries()) {
    const difference = (partsOfA[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
