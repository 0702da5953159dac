import { describe, expect, it } from "vitest";
import { reports } from "../../reports/index.ts";
import { reportInput } from "../../reports/report.ts";
import type { LoadedRun } from "../../results/load.ts";
import { hostileRun } from "../helpers/hostile-run.ts";
import { HOSTILE } from "../helpers/hostile.ts";
import { sampleRun } from "../helpers/sample-run.ts";

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
}

/** Strict: a character, reference, attribute or nesting that XML 1.0 does not allow is an error. */
function parse(xml: string): Element {
  const [, declared = ""] = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n([^]*)\n$/.exec(xml) ?? [];
  expect(declared).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u);
  const root: Element = { name: "", attributes: {}, children: [] };
  const open = [root];
  const token = /<(\/?)([a-z-]+)((?: [a-z]+="(?:[^<&"]|&#\d+;)*")*)(\/?)>|((?:[^<&]|&#\d+;)+)/y;
  while (token.lastIndex < declared.length) {
    const at = token.lastIndex;
    const match = token.exec(declared);
    if (match === null) throw new Error(`no XML from here on: ${declared.slice(at, at + 80)}`);
    const [, closing, name = "", attributes = "", empty, text] = match;
    if (text !== undefined) continue;
    if (closing === "/") expect(open.pop()?.name).toBe(name);
    else {
      const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, unescaped(value)] as const);
      const element: Element = { name, attributes: Object.fromEntries(pairs), children: [] };
      open.at(-1)?.children.push(element);
      if (empty !== "/") open.push(element);
    }
  }
  expect(open).toEqual([root]);
  return root.children[0] as Element;
}

const unescaped = (text: string): string => text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
const render = async (...runs: LoadedRun[]) => parse(await reports.junit.render(runs.map(reportInput)));
const outcome = ({ children }: Element): string => children.find(({ name }) => name !== "system-out")?.name ?? "passed";

describe("the junit report", () => {
  it("has a suite per plugin with a case per cell and clause, and counts that are theirs", async () => {
    const { name, children } = await render(sampleRun({ blocks: 3, failure: "netperf died" }));
    expect(name).toBe("testsuites");
    expect(children.map(({ attributes }) => attributes.name)).toEqual(["host", "bridge", "ptp", "simplecni"]);
    for (const suite of children) {
      const outcomes = suite.children.map(outcome);
      expect(Number(suite.attributes.tests)).toBe(outcomes.length);
      expect(Number(suite.attributes.failures)).toBe(outcomes.filter((each) => each === "failure").length);
      expect(Number(suite.attributes.skipped)).toBe(outcomes.filter((each) => each === "skipped").length);
      expect(suite.attributes.timestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+$/);
    }
  });

  it("fails for a failed cell and a broken MUST, skips with the reason, and passes what is known", async () => {
    const { children } = await render(sampleRun({ blocks: 3, failure: "netperf died" }));
    const cases = (plugin: string) => children.find(({ attributes }) => attributes.name === plugin)?.children ?? [];
    const find = (plugin: string, part: string) => cases(plugin).find(({ attributes }) => attributes.name?.includes(part)) as Element;
    expect(find("bridge", "cross-node/transactions").children[0]).toMatchObject({ name: "failure", attributes: { message: "netperf died" } });
    expect(outcome(find("ptp", "check-address-gone"))).toBe("failure");
    expect(find("ptp", "check-time").children[0]).toMatchObject({ name: "skipped", attributes: { message: "ptp answers CHECK from version 1.2.0 on" } });
    expect(outcome(find("bridge", "add-routes"))).toBe("passed");
  });

  it("a check that gave no verdict is a failure", async () => {
    const sample = sampleRun({ blocks: 3 });
    const { children } = await render({ ...sample, records: sample.records.filter(({ cell }) => cell !== "quick/core/ptp/netns") });
    const silent = children.find(({ attributes }) => attributes.name === "ptp")?.children.find(({ attributes }) => attributes.name === "all clauses") as Element;
    expect(outcome(silent)).toBe("failure");
  });

  it.each(HOSTILE)("stays XML, whatever comes from outside: %j", async (text) => {
    const run = await render(hostileRun(text));
    expect(run.children.length).toBeGreaterThan(1);
  });
});
