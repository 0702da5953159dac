/** Views as files of their own. */
import { expect, it } from "vitest";
import { standaloneView } from "../../../reports/views/standalone.ts";
import type { View } from "../../../reports/views/view.ts";

const VIEW: View = {
  id: "v",
  title: { en: "A <view>", zh: "视图" },
  caption: { en: "Lower is better.", zh: "越低越好。" },
  draw: async () =>
    '<svg xmlns="http://www.w3.org/2000/svg" width="1040" height="20" viewBox="0 0 1040 20">' +
    '<circle cx="9" cy="9" r="5" fill="var(--p1)" stroke="var(--paper)"/>' +
    '<text y="9" fill="currentColor">currentColor</text></svg>',
};

it("has the colors of the light theme and a description", async () => {
  const svg = await standaloneView(VIEW, "svg", "en");
  expect(svg).toContain("<title>A &#60;view&#62;</title><desc>Lower is better.</desc>");
  expect(svg).toContain('fill="#004bd2" stroke="#ffffff"');
  expect(svg).toContain('fill="#1c2024">currentColor</text>');
  expect(svg).not.toContain("var(");
});

it("describes it in the language of the report", async () => {
  expect(await standaloneView(VIEW, "svg", "zh")).toContain("<title>视图</title>");
});
