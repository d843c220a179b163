import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runProgram } from "../run-program.ts";
import { debianMirror } from "./debian-mirror.ts";

/** The Debian release whose C library is new enough for the engine, and the libraries it needs of it. */
const suite = "trixie";
const packages = ["libc6", "libstdc++6", "libgcc-s1"];

/** How to start a program on another C library than the system's. */
export interface Loader {
  readonly program: string;
  readonly libraryPath: string;
}

interface Architecture {
  readonly triplet: string;
  readonly loader: string;
}

const architectures: Readonly<Record<string, Architecture>> = {
  x64: { triplet: "x86_64-linux-gnu", loader: "ld-linux-x86-64.so.2" },
  arm64: { triplet: "aarch64-linux-gnu", loader: "ld-linux-aarch64.so.1" },
};

/**
 * A C library of Debian's next release in a cache folder, fetched once with apt: no root, nothing installed, apt's own
 * signature check.
 *
 * @throws Error when apt has no Debian mirror or cannot reach it
 */
export async function newerGlibc(cacheRoot: string, onNotice: (line: string) => void): Promise<Loader> {
  const architecture = architectures[process.arch];
  if (architecture === undefined) throw new Error(`there is no route to a newer glibc on ${process.arch}`);
  const folder = join(cacheRoot, `glibc-${suite}-${process.arch}`);
  if (!(await isSound(folder, architecture))) {
    onNotice("fetching a newer C library for the MongoDB engine with apt (once; nothing is installed)");
    await fetchInto(folder, (candidate) => isSound(candidate, architecture));
  }
  return loaderIn(folder, architecture);
}

function loaderIn(folder: string, { triplet, loader }: Architecture): Loader {
  const libraries = join(folder, "usr/lib", triplet);
  return {
    program: join(libraries, loader),
    libraryPath: [libraries, `/lib/${triplet}`, `/usr/lib/${triplet}`].join(":"),
  };
}

/** Whether the libraries are there and can be loaded; the loader itself is the judge. */
async function isSound(folder: string, architecture: Architecture): Promise<boolean> {
  const { program, libraryPath } = loaderIn(folder, architecture);
  const library = join(dirname(program), "libstdc++.so.6");
  try {
    await stat(join(dirname(program), "libgcc_s.so.1"));
    await runProgram(program, ["--library-path", libraryPath, "--list", library]);
    return true;
  } catch {
    return false;
  }
}

type IsSound = (folder: string) => Promise<boolean>;

/** Unpacked beside its place and renamed into it, so that a half-written folder is never taken for a whole one. */
async function fetchInto(folder: string, isSoundFolder: IsSound): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}-`);
  try {
    const unpacked = join(work, "unpacked");
    await download(work);
    for (const archive of (await readdir(work)).filter((name) => name.endsWith(".deb"))) {
      await runProgram("dpkg", ["-x", join(work, archive), unpacked]);
    }
    if (!(await isSoundFolder(unpacked)))
      throw new Error("the newer C library does not load on this machine");
    await moveInto(folder, unpacked, isSoundFolder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Another process may have been faster: its folder is in use already, and stays when it is sound. */
async function moveInto(folder: string, unpacked: string, isSoundFolder: IsSound): Promise<void> {
  try {
    await rename(unpacked, folder);
  } catch (error) {
    if (await isSoundFolder(folder)) return;
    if (!(error instanceof Error && "code" in error && error.code === "ENOTEMPTY")) throw error;
    await rename(folder, `${unpacked}-replaced`);
    await rename(unpacked, folder);
  }
}

async function download(work: string): Promise<void> {
  const mirror = await ownMirror();
  await mkdir(join(work, "state/lists/partial"), { recursive: true });
  await mkdir(join(work, "cache/archives/partial"), { recursive: true });
  await writeFile(join(work, "sources.list"), `deb ${mirror} ${suite} main\n`);
  await runProgram("apt-get", [...privateApt(work), "update"], work);
  await runProgram("apt-get", [...privateApt(work), "download", ...packages], work);
}

/** So that no address is written down here, and a machine with a mirror of its own uses that. */
async function ownMirror(): Promise<string> {
  const targets = ["indextargets", "--format", "$(RELEASE) $(REPO_URI) $(ORIGIN)"];
  const mirror =
    debianMirror(await runProgram("apt-get", targets)) ??
    debianMirror(await runProgram("apt-get", [...targets, "--no-release-info"]));
  if (mirror === null) throw new Error("apt knows no Debian mirror to fetch a newer C library from");
  return mirror;
}

/** An apt of its own: it neither reads nor changes the system's lists, and needs no root. */
function privateApt(work: string): readonly string[] {
  const settings = {
    "Dir::Etc::sourcelist": join(work, "sources.list"),
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::State": join(work, "state"),
    "Dir::State::lists": join(work, "state/lists"),
    "Dir::State::status": "/dev/null",
    "Dir::Cache": join(work, "cache"),
    "Debug::NoLocking": "1",
    "APT::Sandbox::User": "",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}
