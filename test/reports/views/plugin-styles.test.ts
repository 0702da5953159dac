import { expect, it } from "vitest";
import { pairLabel, pluginStyles, styleOf } from "../../../reports/views/plugin-styles.ts";

const labels = (...plugins: string[]): string[] => pluginStyles(plugins).map(({ label }) => label);

it("gives the baseline and each plugin its own color, in plan order", () => {
  const styles = pluginStyles(["bridge", "ptp"]);
  expect(styles.map(({ name, color }) => [name, color])).toEqual([
    ["host", "var(--p0)"],
    ["bridge", "var(--p1)"],
    ["ptp", "var(--p2)"],
  ]);
  expect(styleOf(styles, "ptp")).toBe(styles[2]);
  expect(styleOf(styles, "another").color).toBe("var(--p0)");
});

it("keeps both ends of long names, and numbers plugins whose labels would be the same", () => {
  const name = (suffix: string): string => `a-plugin-with-a-long-name-${suffix}`;
  expect(labels(name("one"), name("two"))).toEqual(["host", "a-plugin-wit…-name-one", "a-plugin-wit…-name-two"]);
  const same = "x".repeat(300);
  expect(labels(same, `${same}x`)[2]).toMatch(/^x{12}…x{9} \(2\)$/);
  expect(labels(same, `${same}x`, `${"x".repeat(12)}…${"x".repeat(9)} (2)`)).toHaveLength(4);
});

it("shortens wide characters to the same width, without half of a character", () => {
  expect(labels("容器网络接口插件容器网络接口插件")[1]).toBe("容器网络接口…接口插件");
  expect(labels("🚀".repeat(20))[1]).toBe(`${"🚀".repeat(6)}…${"🚀".repeat(4)}`);
});

it("replaces control characters and line breaks", () => {
  expect(labels("a\u001b[31m\nb")[1]).toBe("a\ufffd[31m b");
});

it("shortens the labels of two plugins to the width of one", () => {
  expect(pairLabel("ptp", "bridge")).toBe("ptp / bridge");
  expect(pairLabel("a-plugin-with-a-name", "another-long-name")).toBe("a-pl…name / anot…name");
});
