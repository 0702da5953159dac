/** A plugin that cnibench does not know, from a user's own configuration (`--conf FILE`). */
import { parseNetworkConfig } from "../cni/conf.ts";
import { FAMILIES } from "../core/family.ts";
import { stringAt } from "../core/json.ts";
import { fillPlaceholders } from "../plugins/placeholders.ts";
import type { BarePlugin, RecipeContext } from "../plugins/plugin.ts";

/** For reading the file before there is a node. */
const SAMPLE_CONTEXT: RecipeContext = {
  family: "dual",
  clusterCidr: "10.244.0.0/16",
  nodeCidr: "10.244.1.0/24",
  clusterCidr6: "fd00:10:244::/48",
  nodeCidr6: "fd00:10:244:1::/64",
  underlayMtu: 1500,
  device: "eth0",
};

export interface CustomPlugin {
  readonly plugin: BarePlugin;
  /** `type` of its plugins, in their order. */
  readonly types: readonly string[];
}

/** @throws UsageError with file, line and column. */
export function parseCustomPlugin(text: string, file: string): CustomPlugin {
  const list = parseNetworkConfig(fillPlaceholders(text, SAMPLE_CONTEXT), file);
  const types = list.plugins.map(({ type }) => type);
  const ipam = list.plugins.flatMap(({ raw }) => stringAt(raw, "ipam", "type") ?? []);
  const plugin: BarePlugin = {
    name: list.name,
    summary: "a user's own configuration",
    encapsulation: "unknown",
    bare: {
      binaries: [...new Set([...types, ...ipam])],
      tools: [],
      linkTypes: [],
      families: FAMILIES, // what the file gives is seen when the first pod is made
      specVersion: list.cniVersion,
      config: (context) => fillPlaceholders(text, context),
      files: () => [],
    },
  };
  return { plugin, types };
}
