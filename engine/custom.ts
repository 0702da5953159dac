/** A plugin that cnibench does not know, from a user's own configuration (`--conf FILE`). */
import { parseNetworkConfig } from "../cni/conf.ts";
import { stringAt } from "../core/json.ts";
import { fillIn } from "../plugins/placeholders.ts";
import type { Plugin } from "../plugins/plugin.ts";

/** For reading the file before there is a node. */
const SAMPLE = { clusterCidr: "10.244.0.0/16", nodeCidr: "10.244.1.0/24", underlayMtu: 1500 };

export interface Custom {
  readonly plugin: Plugin;
  /** `type` of its plugins, in their order. */
  readonly types: readonly string[];
}

/** @throws UsageError with file, line and column. */
export function customPlugin(text: string, file: string): Custom {
  const list = parseNetworkConfig(fillIn(text, SAMPLE), file);
  const types = list.plugins.map(({ type }) => type);
  const ipam = list.plugins.flatMap(({ raw }) => stringAt(raw, "ipam", "type") ?? []);
  const plugin: Plugin = {
    name: list.name,
    summary: "a user's own configuration",
    encapsulation: "unknown",
    bare: {
      binaries: [...new Set([...types, ...ipam])],
      tools: [],
      specVersion: list.cniVersion,
      config: (context) => fillIn(text, context),
      files: () => [],
    },
  };
  return { plugin, types };
}
