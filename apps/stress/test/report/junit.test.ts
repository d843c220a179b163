import { describe, expect, it } from "vitest";
import { historyFacts } from "../../src/report/history/history-facts.ts";
import { junitXml } from "../../src/report/junit.ts";
import { contention, emptyResult, fault } from "./results.ts";
import { failingRun, passingRun } from "./synthetic-runs.ts";

function junitOf({ result, history }: ReturnType<typeof failingRun>): string {
  return junitXml(result, history === null ? new Map() : historyFacts(history, result, 1_000).witnesses);
}

describe("junit.xml", () => {
  it("has a case for the verdict, every group of calls, the control, every fault and every threshold", () => {
    const xml = junitOf(passingRun());
    const names = [...xml.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"/g)].map(
      ([, , name]) => name,
    );
    expect(names).toHaveLength(1 + 20 + 1 + 4 + 9);
    expect(names).toContain("hot http ours");
    expect(names).toContain("the naive control is caught");
    expect(names).toContain("recovery{fault:db-kill}: max&lt;5s");
    expect(xml).toContain('<testsuites name="onechat stress" tests="35" failures="0" errors="0" skipped="2"');
  });

  it("fails a group with its witnesses as text", () => {
    const xml = junitOf(failingRun());
    const [, text = ""] = /name="burst http ours">\s*<failure type="SPLIT_ID"[^>]*>([^<]*)</.exec(xml) ?? [];
    expect(text).toMatch(/^SPLIT_ID of ours\/http\/burst\/4-0: two calls were answered with two chats/);
    expect(text).toMatch(
      /\n {2}op \d+ w\d: ensure from [\d.]+\u00A0s for [\d.]+\u00A0ms → \w+-?\w*, created\n/,
    );
    expect(xml).toMatch(/name="hot domain ours"\/>/);
  });

  it("lets no text out of its place", () => {
    const xml = junitOf(failingRun());
    expect(xml).not.toContain("<script");
    expect(xml).not.toContain("]]>");
    expect(xml).toContain("&lt;script&gt;");
    expect(xml).toContain(String.raw`\u{202E}gnp.exe`);
    expect(xml).not.toMatch(/(?![\t\n])\p{Cc}/u);
  });

  it("fails a control that goes unnoticed, and a fault that hit nothing", () => {
    const blind = { ...emptyResult, contention: [contention({ variant: "naive" })] };
    expect(junitXml(blind, new Map())).toMatch(
      /name="the naive control is caught">\s*<failure type="unknown"/,
    );
    const missed = { ...emptyResult, faults: [fault({ hit: 0 }), fault({ recoveryMs: null })] };
    expect(junitXml(missed, new Map())).toContain("it hit no call in flight");
    expect(junitXml(missed, new Map())).toContain("no call was answered after it had ended");
  });

  it("fails the run itself when its verdict is no pass, and skips groups without calls", () => {
    const result = { ...emptyResult, contention: [contention({ operations: 0 })] };
    const xml = junitXml(result, new Map());
    expect(xml).toMatch(/name="verdict">\s*<failure type="interrupted" message="stopped by SIGINT/);
    expect(xml).toContain('<skipped message="no calls"/>');
  });
});
