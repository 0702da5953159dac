import { describe, expect, it } from "vitest";
import { differingFacts } from "../../../reports/html/differing-facts.ts";
import type { PluginFacts } from "../../../results/index.ts";
import type { SummaryCell } from "../../../results/summary.ts";

const facts = (name: string, changes: Partial<PluginFacts> = {}): PluginFacts => ({
  ...{ name, version: "1.0", configHash: null, binaries: [], encapsulation: "none", specVersions: ["1.0.0"] },
  ...changes,
});
const mtu = (plugin: string, median: number): SummaryCell =>
  ({ plugin, metric: "mtu", path: "cross-node", median }) as SummaryCell;
const rowsOf = (text: string): string[] =>
  [...text.matchAll(/<tr>.*?<\/tr>/gs)].map(([row]) =>
    row
      .replaceAll(/<[^>]*>/g, " ")
      .replaceAll(/\s+/g, " ")
      .trim(),
  );

describe("the facts that differ between plugins", () => {
  it("are listed by plugin in plan order, the MTU first", () => {
    const vxlan = facts("flannel", { encapsulation: "vxlan", version: null });
    const html = differingFacts(
      ["flannel", "bridge"],
      [facts("bridge"), vxlan],
      [mtu("bridge", 1500), mtu("flannel", 1450)],
    );
    expect(rowsOf(html?.in("en") ?? "").slice(1)).toEqual([
      "Effective MTU, cross-node 有效 MTU，cross-node 1450 B 1500 B",
      "Encapsulation 封装 vxlan none",
      "Version of the plugin 插件版本 not collected 未收集 1.0",
    ]);
  });

  it("are none for equal plugins, and not asked for one plugin", () => {
    expect(differingFacts(["a", "b"], [facts("a"), facts("b")], [])?.in("en")).toContain("do not differ");
    expect(differingFacts(["a"], [facts("a")], [])).toBeNull();
  });
});
