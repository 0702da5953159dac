/** The conformance results as Markdown for a comment. */
import { expect, test } from "vitest";
import { conformanceReports } from "../../../reports/conformance/index.ts";
import { HOSTILE_STRINGS } from "../../helpers/hostile.ts";
import { sampleConformance } from "../../helpers/sample-conformance.ts";

const two = [sampleConformance(), sampleConformance("ptp")];
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
  expect(conformanceReports.md([long, sampleConformance("ptp")]).length).toBeLessThanOrEqual(65_000);
});

test.each(["```\n<script>", "a ````` b", ...HOSTILE_STRINGS])(
  "external text cannot close its code fence: %j",
  (text) => {
    const inside = conformanceReports.md([sampleConformance("bridge", text)]).split(/^(`{3,})\n[^]*?\n\1$/m);
    for (const outside of inside.filter((_, i) => i % 2 === 0))
      expect(outside).not.toMatch(/<(?!\/?(details|summary)>)/);
  },
);
