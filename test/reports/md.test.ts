import { describe, expect, it } from "vitest";
import { reports } from "../../reports/index.ts";
import { escapeText } from "../../reports/markdown.ts";
import type { LoadedRun } from "../../results/load-run.ts";
import { hostileRun } from "../helpers/hostile-run.ts";
import { HOSTILE_STRINGS } from "../helpers/hostile.ts";
import { inputOf, sampleRun } from "../helpers/sample-run.ts";

const render = (...runs: LoadedRun[]) => reports.md.render(runs.map(inputOf));

describe("escapeText", () => {
  it.each([
    ["a|b", "a&#124;b"],
    ["<img src=x>", "&#60;img src&#61;x&#62;"],
    ["two\nlines", "two lines"],
    ["[x](y) `z` **b** _i_ ~s~", "&#91;x&#93;(y) &#96;z&#96; &#42;&#42;b&#42;&#42; &#95;i&#95; &#126;s&#126;"],
    ["a &lt; b \\| c", "a &#38;lt; b &#92;&#124; c"],
  ])("leaves no markup in %j", (given, expected) => {
    expect(escapeText(given)).toBe(expected);
  });

  it("prevents mentions, issue references and links with an invisible character", () => {
    expect(escapeText("@octocat fixes #12, see https://example.org and www.example.org")).toBe(
      "@\u2060octocat fixes &#35;\u206012, see https:\u2060//example.org and www\u2060.example.org",
    );
  });
});

describe("the md report", () => {
  it("contains all medians, the failures and the environment", async () => {
    const page = await render(sampleRun({ blocks: 10, failure: "netperf: exit code 1" }));
    expect(page).toContain("## CNI plugin comparison: bridge, ptp, simplecni");
    expect(page).toContain("### quick / tcp-1");
    expect(page).toMatch(/\| Throughput, Gbit\/s \| cross-node \| \d+\.\d+ \(\d+\.\d+ to \d+\.\d+\) \| (\*\*)?\d/);
    expect(page).toContain("| failed |");
    expect(page).toContain("netperf: exit code 1");
    expect(page).toContain("Kernel: 6.1.0-18-amd64");
    expect(page).toMatch(/\| ptp \| 1\.0\.0 \| \d+ \| 1 \| 0 \| 0 \| 0 \| 0 \|/);
  });

  it("shows failed clauses with evidence and reproduction, and no verdict from the core clauses alone", async () => {
    const page = await render(sampleRun());
    expect(page).toContain(
      "**check-address-gone** (ptp; MUST, CHECK; 1.0.0): CHECK fails when an address was removed.",
    );
    expect(page).toContain("- cnibench-1: address 10.1.0.2/24 on eth0 scope global\n```");
    expect(page).toContain("env CNI_COMMAND=CHECK /opt/cni/bin/ptp\n```");
    expect(page).toContain("**add-routes** (bridge; MUST, ADD: result; 1.0.0): the result lists the default route");
    expect(page).toContain("bridge: check-healthy (1.0.0): not applicable before specification 0.4.0");
    expect(page).not.toContain("conformant");
  });

  it("reports an unfinished run", async () => {
    expect(await render(sampleRun({ outcome: "interrupted", measuredBlocks: 4 }))).toContain(
      "**The run did not finish.**",
    );
  });

  it("warns about emulated nodes before any number and marks no plugin as the best", async () => {
    const [head = "", ...parts] = (await render(sampleRun({ emulated: true }))).split("\n### ");
    expect(head).toMatch(/\*\*The nodes are emulated, .*never ranked\.\*\*/);
    const numbers = parts.filter((part) => !part.startsWith("Conformance"));
    expect(numbers.length).toBeGreaterThan(1);
    expect(numbers.join("")).not.toContain("**");
  });

  it.each(HOSTILE_STRINGS)("contains no external markup: %j", async (hostile) => {
    const page = await render(hostileRun(hostile));
    // Code blocks end only at a fence as long as the first, which their content does not have.
    const text = page.replace(/^(`{3,})\n.*?\n\1$/gms, "");
    expect(text.length).toBeLessThan(page.length);
    expect([...text.matchAll(/<(?!\/?(details|summary)>)/g)]).toEqual([]);
    for (const line of text.split("\n").filter((each) => each.startsWith("|")))
      expect(line).toMatch(/^\|( [^|]* \|)+$/);
  });

  it("fits in one comment and reports omitted sections", async () => {
    const long = await render(
      hostileRun("x".repeat(60)),
      hostileRun("y".repeat(60)),
      sampleRun({ failure: "long ".repeat(3000) }),
    );
    expect(long.length).toBeLessThanOrEqual(65_536);
    expect(long).toMatch(/\d+ sections omitted to fit in one comment/);
    expect(long).toContain("## CNI plugin comparison");
    expect((long.match(/<details>/g) ?? []).length).toBe((long.match(/<\/details>/g) ?? []).length);
  });
});
