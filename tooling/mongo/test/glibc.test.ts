import { describe, expect, it } from "vitest";
import { debianMirror } from "../src/glibc/debian-mirror.ts";
import { isAtLeast } from "../src/glibc/glibc-version.ts";

describe("comparing versions of the C library", () => {
  it.each([
    ["2.38", "2.38", true],
    ["2.41", "2.38", true],
    ["3.0", "2.38", true],
    ["2.38.1", "2.38", true],
    ["2.36", "2.38", false],
    ["2.9", "2.38", false],
    ["2", "2.38", false],
  ])("%s is at least %s: %s", (version, required, expected) => {
    expect(isAtLeast(version, required)).toBe(expected);
  });
});

describe("finding the machine's own mirror", () => {
  it("takes the archive that calls itself Debian", () => {
    const targets = [
      "bookworm https://packages.example.org/debian/ Example",
      "bookworm http://mirror.example.org/debian/ Debian",
      "bookworm-security http://mirror.example.org/debian-security/ Debian",
    ];
    expect(debianMirror(targets.join("\n"))).toBe("http://mirror.example.org/debian");
  });

  it("does not mistake the security archive for the whole", () => {
    const targets = [
      "bookworm-security http://mirror.example.org/debian-security Debian",
      "bookworm http://mirror.example.org/debian Debian",
    ];
    expect(debianMirror(targets.join("\n"))).toBe("http://mirror.example.org/debian");
  });

  it("recognizes it by its updates when no list was downloaded, so that no origin is known", () => {
    const targets = [
      "bookworm https://packages.example.org/linux/debian/ ",
      "bookworm http://mirror.example.org/debian/ ",
      "bookworm-updates http://mirror.example.org/debian/ ",
      "bookworm-security http://mirror.example.org/debian-security/ ",
    ];
    expect(debianMirror(targets.join("\n"))).toBe("http://mirror.example.org/debian");
  });

  it.each([
    ["nothing", ""],
    [
      "another distribution",
      "jammy http://mirror.example.org/ubuntu/ Ubuntu\njammy-updates http://mirror.example.org/ubuntu/ ",
    ],
    ["nonsense", "W: some warning\n\n"],
  ])("finds none in %s", (_name, targets) => {
    expect(debianMirror(targets)).toBeNull();
  });
});
