import { describe, expect, test } from "vitest";
import { conformanceReports } from "../../../reports/conformance/index.ts";
import { HOSTILE_STRINGS } from "../../helpers/hostile.ts";
import { sampleConformance } from "../../helpers/sample-conformance.ts";
import { parseXml } from "../../helpers/xml.ts";

const two = [sampleConformance(), sampleConformance("ptp")];

test("json: one report as an object, several as an array", () => {
  expect(JSON.parse(conformanceReports.json([sampleConformance()]))).toEqual(sampleConformance());
  expect(JSON.parse(conformanceReports.json(two))).toEqual(two);
});

describe("html", () => {
  const page = conformanceReports.html(two);

  test("has a permalink for every clause, a target for every link and unique ids", () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { clause } of sampleConformance().conformance) expect(ids).toContain(clause);
    for (const [, target] of page.matchAll(/\bhref="#([^"]*)"/g)) expect(ids).toContain(target);
    expect(page.match(/\b(src|srcset|action)=/i)).toBeNull();
  });

  test("has a column per plugin and version and the lines to reproduce a deviation", () => {
    expect(page).toContain(`<th scope="colgroup" colspan="2">ptp</th>`);
    expect(page).toContain("env CNI_COMMAND=ADD /opt/cni/bin/ptp");
    expect(page).toContain("Requirement of add.up.");
    expect(page.match(/<table class="filterable">[^]*?<\/table>/)?.[0].match(/<tr id=/g)).toHaveLength(7);
  });

  test.each(HOSTILE_STRINGS)("does not turn external text into markup: %j", (text) => {
    const bare = conformanceReports
      .html([sampleConformance(text, text)])
      .replace(/<style>.*?<\/style>|<script>.*?<\/script>/gs, "")
      .replace(/="[^"]*"/g, "");
    expect(bare.match(/<script|<img|<svg|<\/style|<[^>]*\son[a-z]+\b/i)).toBeNull();
    expect(bare.match(/[\u0000\u0007\u001b\u202e]/)).toBeNull();
  });
});

describe("junit", () => {
  test("has a suite per plugin and version, which only MUST and derived clauses can fail", () => {
    const { children } = parseXml(conformanceReports.junit(two));
    expect(children.map(({ attributes }) => attributes.name)).toEqual([
      "bridge (CNI 0.4.0)",
      "bridge (CNI 1.0.0)",
      "ptp (CNI 0.4.0)",
      "ptp (CNI 1.0.0)",
    ]);
    const outcomes = (children[1]?.children ?? []).map(
      ({ attributes, children: [outcome] }) => `${attributes.name} ${outcome?.name}`,
    );
    expect(outcomes).toEqual([
      "add.creates system-out",
      "add.up failure",
      "add.netns.self system-out",
      "check.tamper.route-gw system-out",
      "version.echo failure",
      "del.same-cid system-out",
      "ipam.dns skipped",
    ]);
    expect(children[1]?.attributes).toMatchObject({ tests: "7", failures: "2", skipped: "1" });
  });

  test.each(HOSTILE_STRINGS)("stays valid XML with external text: %j", (text) => {
    expect(parseXml(conformanceReports.junit([sampleConformance(text, text)])).children).toHaveLength(2);
  });
});

describe("md", () => {
  const page = conformanceReports.md(two);

  test("starts with the verdicts, followed by the deviations and the lines to reproduce them", () => {
    expect(page).toMatch(
      /\| bridge \| 1\.0\.0 \| \*\*not conformant\*\* \| not conformant \| 1 \| 2 \| 1 \| 1 \| 1 \| 1 \|/,
    );
    expect(page.indexOf("not conformant")).toBeLessThan(page.indexOf("<details>"));
    expect(page).toContain("\n```\nprintf %s '{}' | env CNI_COMMAND=ADD /opt/cni/bin/bridge\n```\n");
  });

  test("fits in one comment with any number of failures", () => {
    const long = sampleConformance("bridge", "x".repeat(40_000));
    expect(conformanceReports.md([long, sampleConformance("ptp")]).length).toBeLessThanOrEqual(65_536);
  });

  test.each(["```\n<script>", "a ````` b", ...HOSTILE_STRINGS])(
    "external text cannot close its code fence: %j",
    (text) => {
      const inside = conformanceReports.md([sampleConformance("bridge", text)]).split(/^(`{3,})\n[^]*?\n\1$/m);
      for (const outside of inside.filter((_, i) => i % 2 === 0))
        expect(outside).not.toMatch(/<(?!\/?(details|summary)>)/);
    },
  );
});
