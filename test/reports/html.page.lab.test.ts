import { describe, expect, it } from "vitest";
import type { Language } from "../../reports/language/text.ts";
import { SCRIPT_HASH } from "../../reports/html/script.ts";
import { reports } from "../../reports/index.ts";
import type { LoadedRun } from "../../results/load-run.ts";
import { shownTexts } from "../helpers/page-text.ts";
import { HOSTILE_STRINGS } from "../helpers/hostile.ts";
import { hostileRun } from "../helpers/hostile-run.ts";
import { inputOf, sampleRun } from "../helpers/sample-run.ts";

const renderAgain = (...runs: LoadedRun[]): Promise<string> => reports.html.render(runs.map(inputOf));

const pages = new Map<LoadedRun, Promise<string>>();

/** Renders runs. The page of a single one is rendered once, because its charts take most of the time of a test. */
function render(...runs: LoadedRun[]): Promise<string> {
  const [run] = runs;
  if (run === undefined || runs.length > 1) return renderAgain(...runs);
  const page = pages.get(run) ?? renderAgain(run);
  pages.set(run, page);
  return page;
}

const occurrences = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

describe("the html report", () => {
  it("is one file without external references", async () => {
    const page = await render(sampleRun());
    expect(page.match(/<(link|iframe|object|embed|base|form)\b/i)).toBeNull();
    expect(page.match(/\b(src|srcset|action|ping)=/i)).toBeNull();
    for (const [, target] of page.matchAll(/\bhref="([^"]*)"/g)) expect(target).toMatch(/^#/);
    expect(page.match(/\burl\(|@import/i)).toBeNull();
    expect(page.includes("default-src 'none'"), "default-src 'none'").toBe(true);
    expect(page.includes(`script-src '${SCRIPT_HASH}'`), `script-src '${SCRIPT_HASH}'`).toBe(true);
    expect(occurrences(page, /<script\b/g)).toBe(1);
  });

  it("has a target for every link and unique ids, also with several runs", async () => {
    const page = await render(sampleRun(), sampleRun({ seed: 2 }));
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/\bhref="#([^"]*)"/g)) expect(ids).toContain(target);
  });

  it("shows rankings, charts, conformance, failures, environment, commands and method", async () => {
    const page = await render(sampleRun({ failure: "netperf: connection refused" }));
    for (const title of [
      "Throughput",
      "CPU per Gbit/s",
      "Conformance with the CNI specification",
      "Failures, skips and warnings",
      "Noise of this machine",
    ]) {
      expect(new RegExp(String.raw`<h[23]>\s*(<span lang="en">)?${title}`).test(page), title).toBe(true);
    }
    for (const text of [
      "Latency percentiles",
      "Pod life cycle",
      "ratio to the host baseline",
      "netperf: connection refused",
    ])
      expect(page.includes(text), text).toBe(true);
    expect(page.includes("ptp supports CHECK since version 1.2.0"), "ptp supports CHECK since version 1.2.0").toBe(
      true,
    );
    expect(page.includes("iperf3 --client 10.244.2.5"), "iperf3 --client 10.244.2.5").toBe(true);
    expect(page.includes("6.1.0-18-amd64"), "6.1.0-18-amd64").toBe(true);
    expect(page.includes("equivalence band"), "equivalence band").toBe(true);
    for (const text of ["address 10.1.0.2/24 on eth0", "CNI_COMMAND=CHECK", "lists the default route once"])
      expect(page.includes(text), text).toBe(true);
    expect(occurrences(page, /all nodes share one machine/g)).toBe(1);
    const shown = page.replace(/<script>.*?<\/script>/s, "");
    expect(shown.match(/\b(undefined|NaN|null|Infinity|\[object )\b/)).toBeNull();
  });

  it("describes every chart and has a header for every column and row", async () => {
    const page = await render(sampleRun());
    const charts = occurrences(page, /<svg /g);
    expect(charts).toBeGreaterThan(15);
    expect(occurrences(page, /<svg role="img" aria-label="[^"]{20,}"/g)).toBe(charts);
    for (const [, row = ""] of page.matchAll(/<tbody>(.*?)<\/tbody>/gs)) {
      for (const [line] of row.matchAll(/<tr[^>]*>.*?<\/tr>/gs)) expect(line).toMatch(/<th scope="row(group)?"/);
    }
    expect(page.match(/<th>/)).toBeNull();
  });

  it("shows a note instead of an interval if there are too few blocks", async () => {
    expect((await render(sampleRun({ blocks: 3 }))).includes("too few blocks")).toBe(true);
  });

  it("renders the same page for the same run", async () => {
    expect((await renderAgain(sampleRun())) === (await render(sampleRun()))).toBe(true);
  });

  // The browser test opens a page for each of the texts.
  it("does not turn external text into markup", async () => {
    const page = await render(hostileRun(HOSTILE_STRINGS.join(" ")));
    // Ignores the style and script of the page and quoted attribute values, which escaped text cannot leave.
    const bare = page.replace(/<style>.*?<\/style>|<script>.*?<\/script>/gs, "").replace(/="[^"]*"/g, "");
    expect(bare.match(/<script|<img|<\/style/i)).toBeNull();
    expect(bare.match(/<[^>]*\son[a-z]+\b/i)).toBeNull();
    expect(page.match(/[\u0000\u0007\u001b\u202e]/)).toBeNull();
    expect(occurrences(bare, /<svg\b/g)).toBe(occurrences(bare, /<\/svg>/g));
  });
});

const FAILED = sampleRun({ failure: "netperf: connection refused" });
const { run } = FAILED;

/**
 * Words that Chinese technical texts write in Latin letters: operations, units, names of the field, the program, and
 * the names in the run. Everything else outside code, `bdi` and drawings is a part of an English text.
 */
const NAMES = new RegExp(
  [
    ...[
      "ADD",
      "CHECK",
      "CI",
      "DEL",
      "MUST",
      "SHOULD",
      "MAY",
      "CNI",
      "CPU",
      "MTU",
      "SHA",
      "UTC",
      "Go",
      "Pod",
      "Node.js",
    ],
    ...["iperf3", "netperf", "jq", "cnibench", "host", "same-node", "cross-node", "cores(?: per)?", "per s"],
    ...["[kMGT]?bit", "[kMG]?B", "[µmn]?s", "min", "n", "p", "x64"],
    ...run.plan.plugins,
    ...["add", "check", "del", "version"],
    ...run.plan.cells.flatMap(({ suite, scenario, runner }) => [suite, scenario, runner]),
    run.id,
    run.plan.cluster,
  ]
    .map((name) => `(?<![a-zA-Z])${name}(?![a-zA-Z])`)
    .join("|"),
  "g",
);

const englishIn = (text: string): boolean => /[a-zA-Z]{2}/.test(text.replaceAll(NAMES, ""));

/** Returns the visible text of the whole page outside code, names, messages of others (`bdi`) and drawings. */
async function ownTexts(language: Language): Promise<string[]> {
  const shown = shownTexts(await render(FAILED), language, { ownOnly: true });
  expect(shown.length).toBeGreaterThan(400);
  return [...new Set(shown)];
}

describe("the languages of the html report", () => {
  it("are both there for each text", async () => {
    expect((await ownTexts("zh")).filter(englishIn)).toEqual([]);
    expect((await ownTexts("en")).filter((text) => /\p{Script=Han}/u.test(text))).toEqual([]);
  });

  it("describe its elements", async () => {
    const tags = (await render(FAILED)).match(/<[a-z][^>]*\saria-label="[^>]*>/g) ?? [];
    const labels = tags.map(
      (tag) => (/data-zh-aria-label="([^"]*)"/.exec(tag) ?? / aria-label="([^"]*)"/.exec(tag))?.[1],
    );
    expect(labels.length).toBeGreaterThan(50);
    expect([...new Set(labels.filter((label = "") => englishIn(label)))]).toEqual([]);
  });

  it("have the same numbers", async () => {
    const page = await render(FAILED);
    const numbers = (language: Language) =>
      shownTexts(page, language)
        .join(" ")
        .match(/\d+(?:[.\u202f]\d+)*/g)
        ?.sort();
    expect(numbers("zh")?.length).toBeGreaterThan(500);
    expect(numbers("zh")).toEqual(numbers("en"));
  });
});
