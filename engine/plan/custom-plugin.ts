/** Builds a plugin from the user's network configuration (`--conf FILE`). */
import { parseNetworkConfig } from "../../cni/index.ts";
import { FAMILIES } from "../../core/model.ts";
import { stringAt } from "../../core/untrusted-json.ts";
import { type BarePlugin, type RecipeContext, subnetOf } from "../../plugins/index.ts";
import { openNetworkFile } from "./network-file.ts";

/** Fills the placeholders when the file is read, before a node exists. */
const SAMPLE_CONTEXT: RecipeContext = {
  family: "dual",
  clusterCidr: "10.244.0.0/16",
  nodeCidr: "10.244.1.0/24",
  clusterCidr6: "fd00:10:244::/48",
  nodeCidr6: "fd00:10:244:1::/64",
  underlayMtu: 1500,
  device: "eth0",
};

/** A plugin read from a configuration file. */
export interface CustomPlugin {
  readonly plugin: BarePlugin;
  /** `type` of each plugin in the list, in order. */
  readonly types: readonly string[];
}

/** Reads a network configuration. @throws UsageError with file, line and column */
export function parseCustomPlugin(text: string, file: string): CustomPlugin {
  const opened = openNetworkFile(text, file, [...placeholderValues(SAMPLE_CONTEXT).keys()]);
  const list = parseNetworkConfig(fillPlaceholders(opened.text, SAMPLE_CONTEXT), opened.name);
  const types = list.plugins.map(({ type }) => type);
  const ipam = list.plugins.flatMap(({ raw }) => stringAt(raw, "ipam", "type") ?? []);
  const plugin: BarePlugin = {
    name: list.name,
    summary: "user-provided network configuration",
    encapsulation: "unknown",
    bare: {
      binaries: [...new Set([...types, ...ipam])],
      tools: [],
      linkTypes: [],
      families: FAMILIES, // the first ADD shows which families the configuration supports
      specVersion: list.cniVersion,
      config: (context) => fillPlaceholders(opened.text, context),
      files: () => [],
    },
  };
  return { plugin, types };
}

/** Replaces the placeholders, such as `{{nodeSubnet}}`, because each node needs its own values. */
function fillPlaceholders(text: string, context: RecipeContext): string {
  const values = placeholderValues(context);
  return text.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => values.get(name) ?? placeholder);
}

function placeholderValues({
  clusterCidr,
  nodeCidr,
  clusterCidr6,
  nodeCidr6,
  underlayMtu,
}: RecipeContext): ReadonlyMap<string, string> {
  return new Map([
    ["nodeSubnet", nodeCidr],
    ["nodeGateway", subnetOf(nodeCidr).firstHost],
    ["clusterCidr", clusterCidr],
    ["nodeSubnet6", nodeCidr6],
    ["clusterCidr6", clusterCidr6],
    ["mtu", String(underlayMtu)],
  ]);
}
