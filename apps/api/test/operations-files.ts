import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";

const root = new URL("../../../", import.meta.url);

/** A file of this repository, by its path from the root. */
export function repositoryFile(path: string): Promise<string> {
  return readFile(new URL(path, root), "utf8");
}

const Alerts = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.object({ severity: z.enum(["critical", "warning"]) }),
          annotations: z.object({ summary: z.string().min(1), runbook: z.string() }),
        }),
      ),
    }),
  ),
});

export async function alertRules(): Promise<z.infer<typeof Alerts>["groups"][number]["rules"]> {
  const text = await repositoryFile("docs/operations/prometheus-alerts.yaml");
  return Alerts.parse(parse(text)).groups.flatMap(({ rules }) => rules);
}

const Dashboard = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
});

export async function dashboardExpressions(): Promise<readonly string[]> {
  const text = await repositoryFile("docs/operations/grafana-dashboard.json");
  return Dashboard.parse(JSON.parse(text)).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
}
