import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { historyFacts, noFacts } from "../../src/report/history/history-facts.ts";
import { html } from "../../src/report/html/html.ts";
import { pageAssets } from "../../src/report/html/page-assets.ts";
import { reportHtml } from "../../src/report/html/report-html.ts";
import type { StressResult } from "../../src/result/stress-result.ts";
import { contention, emptyResult, fault, latencySummary, ratio, second } from "./results.ts";
import { failingRun, passingRun } from "./synthetic-runs.ts";

const assets = pageAssets();

function pageOf({ result, history }: ReturnType<typeof passingRun>): string {
  return reportHtml(result, history === null ? noFacts : historyFacts(history, result, 5_000), assets);
}

function pageWith(measured: Partial<StressResult>): string {
  return reportHtml({ ...emptyResult, ...measured }, noFacts, assets);
}

/** The part that a reader sees without the script. */
function bodyOf(page: string): string {
  const [, body = ""] = /<main>([^]*)<\/main>/.exec(page) ?? [];
  return body;
}

describe("a template of markup", () => {
  it("escapes everything but markup", () => {
    expect(html`<p title="${`"'<&>`}">${html`<b>${"<i>"}</b>`}${["a<", 5]}${null}</p>`.markup).toBe(
      '<p title="&quot;&#39;&lt;&amp;&gt;"><b>&lt;i&gt;</b>a&lt;5</p>',
    );
  });

  it("takes nothing for markup that only looks like it", () => {
    const forged = JSON.parse('{"markup": "<script>"}') as ReturnType<typeof html>;
    expect(html`${forged}`.markup).toBe("&lt;script&gt;");
  });

  it("spells out characters that hide or turn around what follows", () => {
    expect(html`${"a\u0000b\u202Ec\uD800"}`.markup).toBe(String.raw`a\u{0}b\u{202E}c\u{D800}`);
  });
});

describe("report.html", () => {
  it("allows nothing but its own script and style, and names no other place", () => {
    const page = pageOf(passingRun());
    const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    const scripts = [...page.matchAll(/<script>([^]*?)<\/script>/g)].map(([, text]) => text ?? "");
    expect(scripts).toHaveLength(1);
    const digest = createHash("sha256")
      .update(scripts[0] ?? "")
      .digest("base64");
    expect(policy).toContain("default-src &#39;none&#39;");
    expect(policy).toContain(`script-src &#39;sha256-${digest}&#39;`);
    expect(page).not.toMatch(/\s(src|srcset|action|style|on\w+)=/);
    expect([...page.matchAll(/href="([^"]*)"/g)].every(([, target]) => target?.startsWith("#"))).toBe(true);
    expect(page).not.toMatch(/url\(["']?(https?:)?\/\/|@import/);
  });

  it("shows hostile texts as they are", () => {
    const page = pageOf(failingRun());
    expect(page).not.toContain("<script>alert");
    expect(page).not.toContain("<img src=x");
    expect(bodyOf(page)).toContain("&lt;script&gt;alert(&quot;key&quot;)&lt;/script&gt;");
  });

  it("gives every table a caption and every section a heading", () => {
    const body = bodyOf(pageOf(failingRun()));
    const count = (pattern: RegExp): number => body.match(pattern)?.length ?? 0;
    expect(count(/<table/g)).toBe(count(/<caption/g));
    expect(count(/<section id=/g)).toBe(count(/<h2>/g));
    expect(count(/<h1>/g)).toBe(1);
    expect(count(/role="img"\s+aria-label=""/g)).toBe(0);
  });

  it("has no figure for what could not be measured", () => {
    const body = bodyOf(
      pageWith({
        durationMs: Number.NaN,
        contention: [
          contention({ keys: 0, operations: 0, contendedKeys: 0, certainKeys: 0, widestOverlap: 0 }),
        ],
        latencies: [
          latencySummary({
            count: 1,
            p95: null,
            p99: null,
            p999: null,
            perSecond: Number.NaN,
            curve: [[0, 4]],
          }),
        ],
        ratios: [ratio({ estimate: Number.NaN, low: null, high: null, rounds: 0 })],
        faults: [fault({ healedAt: null, recoveryMs: null }), fault({ recoveryMs: null })],
        seconds: [second(0, { ok: 0, unknown: 9, p50: null, p99: null, max: null })],
        client: { ...emptyResult.client, eventLoopUtilization: Number.NaN },
      }),
    );
    expect(body).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  it("stays small with very many anomalies, very long keys and a very long run", () => {
    const anomaly = {
      ...({ name: "LOST", key: "k".repeat(50_000), variant: "ours", path: "http", workload: "hot" } as const),
      text: "t".repeat(50_000),
      witnesses: [1],
    };
    const page = pageWith({
      anomalies: Array.from({ length: 3_000 }, () => anomaly),
      reasons: Array.from({ length: 500 }, () => "r".repeat(10_000)),
      seconds: Array.from({ length: 40_000 }, (_, at) => second(at)),
    });
    expect(page.length).toBeLessThan(400_000);
    expect(page).toContain("… and 2940 more, in result.json");
  });
});
