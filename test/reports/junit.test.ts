import { describe, expect, it } from "vitest";
import { reports } from "../../reports/index.ts";
import type { LoadedRun } from "../../results/load-run.ts";
import { hostileRun } from "../helpers/hostile-run.ts";
import { HOSTILE_STRINGS } from "../helpers/hostile.ts";
import { inputOf, sampleRun } from "../helpers/sample-run.ts";
import { parseXml, type XmlElement } from "../helpers/xml.ts";

const render = async (...runs: LoadedRun[]) => parseXml(await reports.junit.render(runs.map(inputOf)));
const outcome = ({ children }: XmlElement): string =>
  children.find(({ name }) => name !== "system-out")?.name ?? "passed";

describe("the junit report", () => {
  it("has a suite per plugin, a case per cell and clause, and matching counts", async () => {
    const { name, children } = await render(sampleRun({ blocks: 3, failure: "netperf: exit code 1" }));
    expect(name).toBe("testsuites");
    expect(children.map(({ attributes }) => attributes.name)).toEqual(["host", "bridge", "ptp", "simplecni"]);
    for (const suite of children) {
      const outcomes = suite.children.filter((child) => child.name === "testcase").map(outcome);
      expect(Number(suite.attributes.tests)).toBe(outcomes.length);
      expect(Number(suite.attributes.failures)).toBe(outcomes.filter((each) => each === "failure").length);
      expect(Number(suite.attributes.skipped)).toBe(outcomes.filter((each) => each === "skipped").length);
      expect(suite.attributes.timestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+$/);
    }
  });

  it("counts all cases, and names the suites of several runs apart", async () => {
    const one = await render(sampleRun({ blocks: 3 }));
    const counts = one.children.map(({ attributes }) => Number(attributes.tests));
    expect(Number(one.attributes.tests)).toBe(counts.reduce((sum, count) => sum + count, 0));
    expect(Number(one.attributes.failures)).toBeGreaterThan(0);
    const sample = sampleRun({ blocks: 3 });
    const two = await render(sample, { ...sample, run: { ...sample.run, id: "second" } });
    const names = two.children.map(({ attributes }) => attributes.name);
    expect(names).toContain("bridge (run second)");
    expect(new Set(names).size).toBe(8);
  });

  it("has the answers to the main questions and the warnings of the run in each suite", async () => {
    const text = await reports.junit.render([inputOf(sampleRun({ emulated: true }))]);
    const outputs = [...text.matchAll(/<system-out>([^<]*)<\/system-out>\n<\/testsuite>/g)].map(([, output]) => output);
    expect(outputs).toHaveLength(4);
    for (const output of outputs)
      expect(output).toMatch(/ADD time, same-node \(pods\): .*&#10;same-host: .*&#10;emulated: /);
  });

  it("fails on a failed cell or MUST clause, skips with a reason and passes known deviations", async () => {
    const { children } = await render(sampleRun({ blocks: 3, failure: "netperf: exit code 1" }));
    const cases = (plugin: string) => children.find(({ attributes }) => attributes.name === plugin)?.children ?? [];
    const find = (plugin: string, part: string) =>
      cases(plugin).find(({ attributes }) => attributes.name?.includes(part)) as XmlElement;
    expect(find("bridge", "cross-node/transactions").children[0]).toMatchObject({
      name: "failure",
      attributes: { message: "netperf: exit code 1" },
    });
    const failure = find("ptp", "check-address-gone");
    expect(failure.attributes.name).toBe("check-address-gone (CNI 1.0.0)");
    expect(outcome(failure)).toBe("failure");
    expect(find("ptp", "check-time").children[0]).toMatchObject({
      name: "skipped",
      attributes: { message: "ptp supports CHECK since version 1.2.0" },
    });
    expect(outcome(find("bridge", "add-routes"))).toBe("passed");
  });

  it("shows the evidence and the reproduction of a failed clause", async () => {
    const text = await reports.junit.render([inputOf(sampleRun())]);
    expect(text).toMatch(/address 10\.1\.0\.2\/24 on eth0[^<]*CNI_COMMAND=CHECK \/opt\/cni\/bin\/ptp<\/failure>/);
  });

  it("fails on a check without a verdict", async () => {
    const sample = sampleRun({ blocks: 3 });
    const { children } = await render({
      ...sample,
      records: sample.records.filter(({ cell }) => cell !== "quick/core/ptp/netns"),
    });
    const unchecked = children
      .find(({ attributes }) => attributes.name === "ptp")
      ?.children.find(({ attributes }) => attributes.name === "all clauses") as XmlElement;
    expect(outcome(unchecked)).toBe("failure");
  });

  it.each(HOSTILE_STRINGS)("stays valid XML with external text: %j", async (text) => {
    const run = await render(hostileRun(text));
    expect(run.children.length).toBeGreaterThan(1);
  });
});
