import { describe, expect, it } from "vitest";
import { consoleText } from "../../src/report/console.ts";
import { html } from "../../src/report/html.ts";
import { htmlPage } from "../../src/report/html-page.ts";
import { junitXml } from "../../src/report/junit.ts";
import { summaryMarkdown } from "../../src/report/markdown.ts";
import { viewOf } from "../../src/report/view.ts";
import type { StressResult } from "../../src/measure/result.ts";
import { contention, emptyResult, fault, latencySummary, ratio, second } from "./results.ts";
import { failingRun, interruptedRun, passingRun, type SyntheticReport } from "./synthetic-runs.ts";

const view = ({ result, history }: SyntheticReport) => viewOf(result, history);
const viewWith = (measured: Partial<StressResult>) => viewOf({ ...emptyResult, ...measured }, null);
const onTerminal = { color: false, shown: 1, places: ["results: here"] };
const roomy = 1_000_000;

describe("what is said of a run", () => {
  it("is about the subject alone where it counts calls", () => {
    const { stats, result } = view(passingRun());
    const ours = result.contention.filter(({ variant }) => variant === "ours");
    const calls = ours.reduce((sum, { operations }) => sum + operations, 0);
    expect(stats.find(({ name }) => name === "Calls checked")?.value.replace("\u202F", "")).toBe(
      String(calls),
    );
  });

  it("groups anomalies that are alike, with the first key's witnesses", () => {
    const { anomalies } = view(failingRun());
    expect(anomalies.map(({ name, keys }) => [name, keys])).toEqual([
      ["LEAKED_E11000", 1],
      ["SPLIT_ID", 3],
      ["DOUBLE_CREATED", 3],
      ["DUPLICATE", 3],
    ]);
    expect(anomalies[1]?.proof).toHaveLength(2);
  });

  it("opens the timelines on what matters: the subject's anomaly, or what was contended most", () => {
    expect(view(failingRun()).timelines[0]).toMatchObject({ register: { variant: "ours" }, why: "anomaly" });
    expect(view(passingRun()).timelines[0]).toMatchObject({
      register: { variant: "ours" },
      why: "contended",
    });
  });

  it("clips a timeline to its race", () => {
    const [first] = view(passingRun()).timelines;
    expect((first?.until ?? 0) - (first?.from ?? 0)).toBeLessThan(100e6);
  });

  it("has no section about what was not measured", () => {
    expect(view(interruptedRun()).sections).toEqual([]);
    expect(view(interruptedRun()).meaning).not.toContain("threshold");
    expect(view(passingRun()).meaning).toContain("every threshold met");
  });
});

describe("on a terminal", () => {
  it("a failing run names the first key, its witnesses, and how many are like it", () => {
    const text = consoleText(view(failingRun()), { ...onTerminal, shown: 2 });
    expect(text).toMatch(/^ANOMALY: an anomaly was found: there was not exactly one chat/);
    expect(text).toMatch(/^SPLIT_ID on ours\/http\/hot\/round-0\/pair and 2 more like it: 2 different ids/m);
    expect(text.match(/^ {4}op \d+ w\d: ensure from/gm)?.length).toBeGreaterThan(1);
    expect(text).toContain("results: here");
  });

  it("a passing run says what it rests on", () => {
    const text = consoleText(view(passingRun()), onTerminal);
    expect(text).toMatch(/^PASS: /);
    expect(text).toMatch(/control naive breaks, as it must: SPLIT_ID on \d+ keys/);
    expect(text).toMatch(/met: latency\{path:http,variant:ours\}: p\(98\)<80 \([\d.]+\u00A0ms\)/);
    expect(text).not.toMatch(/\d\.\d{6,}/);
  });
});

describe("summary.md", () => {
  it("says what came of it, why, and how to have it again", () => {
    const text = summaryMarkdown(view(passingRun()), roomy);
    expect(text).toMatch(/^## ✅ stress ci of onechat: Pass\n/);
    expect(text).toContain("```sh\nnpm run stress -- run ci --seed 11\n```");
    expect(text).toContain("### Contention");
  });

  it("keeps every table a table, whatever texts hold", () => {
    const text = summaryMarkdown(view(failingRun()), roomy);
    const rows = text.split("\n").filter((line) => line.startsWith("| LEAKED"));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.replaceAll(String.raw`\|`, "").match(/\|/g)).toHaveLength(6);
    expect(text).not.toContain("<script");
    expect(text).not.toContain("<img");
  });

  it("drops its last sections rather than be longer than allowed", () => {
    const whole = summaryMarkdown(view(failingRun()), roomy);
    const cut = summaryMarkdown(view(failingRun()), whole.length - 200);
    expect(cut).toContain("### Anomalies");
    expect(cut).toMatch(/the rest is in the report\n$/);
    expect(summaryMarkdown(view(failingRun()), 10)).toBe("");
  });

  it("fences a command that has backticks", () => {
    expect(summaryMarkdown(viewWith({ reproduce: "echo ```" }), roomy)).toContain("````sh\necho ```\n````");
  });
});

describe("junit.xml", () => {
  const names = (xml: string): readonly string[] =>
    [...xml.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"/g)].map(
      ([, suite, name]) => `${suite}: ${name}`,
    );

  it("has a case for the verdict, the subject's groups, the control, every fault and threshold; and none for naive's groups", () => {
    const all = names(junitXml(view(passingRun())));
    expect(all).toContain("stress.exactly one chat: hot http");
    expect(all).toContain("stress.controls: the naive control is caught");
    expect(all.filter((name) => name.startsWith("stress.exactly one chat"))).toHaveLength(3);
    expect(all).toHaveLength(1 + 3 + 1 + 1 + 4);
  });

  it("fails a group with its witnesses as text, and lets no text out of its place", () => {
    const xml = junitXml(view(failingRun()));
    const [, text = ""] = /name="hot http">\s*<failure type="LEAKED_E11000"[^>]*>([^<]*)</.exec(xml) ?? [];
    expect(text).toMatch(/SPLIT_ID on ours\/http\/hot\/round-0\/pair and 2 more like it/);
    expect(text).toMatch(/\n {2}op \d+ w\d: ensure from/);
    expect(xml).not.toContain("<script");
    expect(xml).not.toContain("]]>");
    expect(xml).toContain(String.raw`\u{202E}gnp.exe`);
    expect(xml).toMatch(/name="hot domain"\/>/);
  });

  it("fails a control that goes unnoticed, and a fault that hit nothing", () => {
    expect(junitXml(viewWith({ contention: [contention({ variant: "naive" })] }))).toMatch(
      /name="the naive control is caught">\s*<failure type="unknown"/,
    );
    const missed = junitXml(viewWith({ faults: [fault({ hit: 0 }), fault({ recoveryMs: null })] }));
    expect(missed).toContain("it hit no call in flight");
    expect(missed).toContain("no call was answered after it had ended");
  });
});

describe("report.html", () => {
  it("runs nothing, loads nothing, and names no other place", () => {
    const page = htmlPage(view(passingRun()));
    expect(page).toContain("default-src &#39;none&#39;; style-src &#39;sha256-");
    expect(page).not.toMatch(/<script|\s(src|srcset|action|style|on\w+)=|@import/);
    expect([...page.matchAll(/href="([^"]*)"/g)].every(([, target]) => target?.startsWith("#"))).toBe(true);
  });

  it("shows hostile texts as they are", () => {
    const page = htmlPage(view(failingRun()));
    expect(page).not.toContain("<script");
    expect(page).not.toContain("<img");
    expect(page).toContain("&lt;script&gt;alert(&quot;key&quot;)&lt;/script&gt;");
    expect(html`${"a\u0000b\u202Ec\uD800"}`.markup).toBe(String.raw`a\u{0}b\u{202E}c\u{D800}`);
  });

  it("names each control's anomalies as that control's", () => {
    const page = htmlPage(view(passingRun()));
    expect(page).toContain("Of naive, which has to be caught");
    expect(page).not.toContain("Of the control mongoose");
  });

  it("has no figure for what could not be measured", () => {
    const page = htmlPage(
      viewWith({
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
        seconds: [second(0, { ok: 0, unknown: 9, p50: null, p99: null, max: null }), second(1)],
        client: { ...emptyResult.client, eventLoopUtilization: Number.NaN },
      }),
    );
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  it("stays small with very many anomalies, very long keys and a very long run", () => {
    const place = { variant: "ours", path: "http", workload: "hot" } as const;
    const anomaly = {
      name: "LOST",
      key: "k".repeat(50_000),
      ...place,
      text: "t".repeat(50_000),
      witnesses: [1],
    } as const;
    const page = htmlPage(
      viewWith({
        anomalies: Array.from({ length: 3_000 }, () => ({ ...anomaly, witnesses: [1] })),
        reasons: Array.from({ length: 500 }, () => "r".repeat(10_000)),
        seconds: Array.from({ length: 40_000 }, (_, at) => second(at)),
      }),
    );
    expect(page.length).toBeLessThan(400_000);
  });
});
