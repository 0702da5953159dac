import { describe, expect, it } from "vitest";
import { comparedFacts } from "../../../reports/html/differing-facts.ts";
import type { PluginFacts } from "../../../results/index.ts";
import type { SummaryCell } from "../../../results/summary.ts";

const facts = (name: string, changes: Partial<PluginFacts> = {}): PluginFacts => ({
  ...{ name, version: "1.0", configHash: null, binaries: [], encapsulation: "none", specVersions: ["1.0.0"] },
  ...changes,
});
const mtu = (plugin: string, median: number): SummaryCell =>
  ({ plugin, metric: "mtu", path: "cross-node", median }) as SummaryCell;
const rowsOf = (text: string): string[] =>
  [...text.matchAll(/<tr[ >].*?<\/tr>/gs)].map(([row]) =>
    row
      .replaceAll(/<[^>]*>/g, " ")
      .replaceAll(/\s+/g, " ")
      .trim(),
  );

describe("the facts about the plugins", () => {
  it("are listed by plugin in plan order, those that differ first", () => {
    const vxlan = facts("flannel", { encapsulation: "vxlan", version: null });
    const html = comparedFacts(
      ["flannel", "bridge"],
      [facts("bridge"), vxlan],
      [mtu("bridge", 1500), mtu("flannel", 1450)],
    );
    expect(rowsOf(html.text).slice(1)).toEqual([
      "Different 不同",
      "Effective MTU, cross-node 有效 MTU，cross-node 1450 B 1500 B",
      "Encapsulation 封装 vxlan none",
      "Version of the plugin 插件版本 not collected 未收集 1.0",
      "The same for all plugins 所有插件相同",
      "CNI versions CNI 版本 1.0.0",
    ]);
  });

  it("have each value once if it is the same for all plugins", () => {
    const text = comparedFacts(["a", "b"], [facts("a"), facts("b")], []).text;
    expect(rowsOf(text).slice(1)).toEqual([
      "The same for all plugins 所有插件相同",
      "Encapsulation 封装 none",
      "CNI versions CNI 版本 1.0.0",
      "Version of the plugin 插件版本 1.0",
    ]);
  });

  it("have the color that a plugin has in the other runs of a page", () => {
    const colors = (text: string) => [...text.matchAll(/var\(--p\d\)/g)].map(([color]) => color);
    const own = [facts("a"), facts("b")];
    expect(colors(comparedFacts(["a", "b"], own, []).text)).toEqual(["var(--p1)", "var(--p2)"]);
    expect(colors(comparedFacts(["a", "b"], own, [], ["b", "c", "a"]).text)).toEqual(["var(--p3)", "var(--p1)"]);
  });

  it("are not grouped for one plugin", () => {
    expect(rowsOf(comparedFacts(["a"], [facts("a")], []).text)[1]).toBe("Encapsulation 封装 none");
  });
});
