import { validate } from "dockerfile-utils";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { envNames } from "../src/config/env.ts";
import { alertRules, repositoryFile } from "./operations-files.ts";

function headings(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => title);
}

describe("the runbook", () => {
  it("has a section for every alert, which is where the alert points", async () => {
    const titles = headings(await repositoryFile("docs/operations/runbook.md"));
    const rules = await alertRules();
    expect(rules.length).toBeGreaterThan(5);
    for (const { alert, annotations } of rules) {
      expect(titles).toContain(alert);
      expect(annotations.runbook).toBe(`docs/operations/runbook.md#${alert.toLowerCase()}`);
    }
  });

  it("has a section for every exit code of the migrator", async () => {
    const titles = headings(await repositoryFile("docs/operations/runbook.md"));
    const codes = [...(await repositoryFile("apps/migrator/src/exit-codes.ts")).matchAll(/code: (\d+)/g)];
    expect(codes.length).toBeGreaterThan(5);
    expect(titles).toEqual(expect.arrayContaining(codes.map(([, code]) => `Exit ${code}`)));
  });

  it("names flags and commands that the migrator has", async () => {
    const runbook = await repositoryFile("docs/operations/runbook.md");
    const options = await repositoryFile("apps/migrator/src/options.ts");
    const commands = await repositoryFile("apps/migrator/src/commands/index.ts");
    const flags = new Set([...runbook.matchAll(/--[a-z][a-z-]+/g)].map(([flag]) => flag));
    // Node's own.
    flags.delete("--cpu-prof");
    for (const flag of flags) expect(options).toContain(`"${flag}`);
    for (const [, command = ""] of runbook.matchAll(/npm run migrator -- ([a-z]+)/g))
      expect(commands).toContain(`name: "${command}"`);
  });

  it("names variables that exist", async () => {
    const runbook = await repositoryFile("docs/operations/runbook.md");
    const named = [...runbook.matchAll(/`([A-Z]+_[A-Z_]+)(?:=[^`]*)?`/g)].map(([, name = ""]) => name);
    const reasons = [
      "INDEX_MISSING",
      "MODEL_MISMATCH",
      "WRONG_KEY",
      "DRIFTED_DUPLICATE",
      "INTERNAL_SERVER_ERROR",
    ];
    expect([...envNames, ...reasons]).toEqual(expect.arrayContaining([...new Set(named)]));
  });
});

describe("the table of variables", () => {
  it("names every variable that the API reads, and no other", async () => {
    const page = await repositoryFile("docs/configuration.md");
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    const named = rows.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)]);
    expect(new Set(named.map(([, name]) => name))).toEqual(new Set(envNames));
  });
});

describe("the Dockerfile", () => {
  it("is one, and says nothing that builders warn about", async () => {
    expect(validate(await repositoryFile("Dockerfile"))).toEqual([]);
  });

  it("builds with the pinned pnpm and the lockfile, on a Node that the packages take", async () => {
    const [dockerfile, manifest] = [await repositoryFile("Dockerfile"), await repositoryFile("package.json")];
    const { packageManager } = JSON.parse(manifest) as { readonly packageManager: string };
    expect(dockerfile).toContain(`npm install --global ${packageManager}\n`);
    expect(dockerfile).toContain("--frozen-lockfile");
    for (const [, version = "0"] of dockerfile.matchAll(/^FROM node:(\d+)/gm))
      expect(Number(version)).toBeGreaterThanOrEqual(20);
  });

  it("copies what is there, and runs as somebody who cannot change it", async () => {
    const dockerfile = await repositoryFile("Dockerfile");
    for (const [, sources = ""] of dockerfile.matchAll(/^COPY ((?!--from).+) \S+$/gm))
      for (const source of sources.split(" "))
        expect(existsSync(new URL(`../../../${source}`, import.meta.url))).toBe(true);
    const runtime = dockerfile.slice(dockerfile.indexOf("AS runtime"));
    expect(runtime).toMatch(/^USER node$/m);
    expect(runtime).not.toMatch(/--chown|^USER root/m);
  });
});

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly podFailurePolicy: {
      readonly rules: readonly { readonly onExitCodes: { readonly values: number[] } }[];
    };
    readonly template: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly securityContext: { readonly runAsNonRoot: boolean };
        readonly containers: readonly Container[];
      };
    };
  };
  readonly data: Readonly<Record<string, string>>;
}

interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly args: readonly string[];
  readonly livenessProbe: { readonly httpGet: { readonly path: string } };
  readonly readinessProbe: { readonly httpGet: { readonly path: string } };
}

async function manifestOf(kind: string): Promise<Manifest> {
  const documents = parseAllDocuments(await repositoryFile("docs/operations/kubernetes.yaml"));
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  const found = documents.map((document) => document.toJS() as Manifest).find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`there is no ${kind}`);
  return found;
}

describe("the Kubernetes example", () => {
  it("asks the API where it answers, tells it variables that it knows, and gives it time to end", async () => {
    const { spec } = (await manifestOf("Deployment")).spec.template;
    const [container] = spec.containers;
    expect(container?.livenessProbe.httpGet.path).toBe("/livez");
    expect(container?.readinessProbe.httpGet.path).toBe("/readyz");
    expect(envNames).toEqual(expect.arrayContaining(container?.env.map(({ name }) => name) ?? []));
    const drainMs = Number(container?.env.find(({ name }) => name === "DRAIN_MS")?.value);
    expect(spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(drainMs + 10_000);
    expect(spec.securityContext.runAsNonRoot).toBe(true);
  });

  it("repeats the migration only after exit codes that another attempt can mend", async () => {
    const { spec } = await manifestOf("Job");
    expect(spec.podFailurePolicy.rules[0]?.onExitCodes.values).toEqual([2, 3, 5, 6]);
    expect(spec.template.spec.containers[0]?.args.slice(0, 3)).toEqual([
      "up",
      "--config",
      "/config/migrator.json",
    ]);
    expect(JSON.parse((await manifestOf("ConfigMap")).data["migrator.json"] ?? "")).toMatchObject({
      chats: {},
    });
  });
});

describe("docker-compose.yml", () => {
  it("builds targets that exist, and sets variables that the API knows", async () => {
    const { services } = parse(await repositoryFile("docker-compose.yml")) as {
      readonly services: Readonly<
        Record<string, { readonly build?: { readonly target: string }; readonly environment?: object }>
      >;
    };
    const dockerfile = await repositoryFile("Dockerfile");
    const targets = Object.values(services).flatMap(({ build }) =>
      build === undefined ? [] : [build.target],
    );
    for (const target of targets) expect(dockerfile).toMatch(new RegExp(`^FROM \\S+ AS ${target}$`, "m"));
    expect(targets.toSorted()).toEqual(["api", "migrator"]);
    expect(envNames).toEqual(expect.arrayContaining(Object.keys(services["api"]?.environment ?? {})));
  });
});
