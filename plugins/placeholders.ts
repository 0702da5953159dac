/** Placeholders such as `{{nodeSubnet}}` in a user-provided configuration, because each node needs its own values. */
import type { RecipeContext } from "./plugin.ts";
import { subnetOf } from "./subnet.ts";

/** Replaces the known placeholders and keeps all other text. */
export function fillPlaceholders(
  text: string,
  { clusterCidr, nodeCidr, clusterCidr6, nodeCidr6, underlayMtu }: RecipeContext,
): string {
  const values = new Map([
    ["nodeSubnet", nodeCidr],
    ["nodeGateway", subnetOf(nodeCidr).firstHost],
    ["clusterCidr", clusterCidr],
    ["nodeSubnet6", nodeCidr6],
    ["clusterCidr6", clusterCidr6],
    ["mtu", String(underlayMtu)],
  ]);
  return text.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => values.get(name) ?? placeholder);
}
