/** What `{{nodeSubnet}}` and the like stand for in a user's own configuration: nodes need ranges of their own. */
import type { RecipeContext } from "./plugin.ts";
import { subnetOf } from "./subnet.ts";

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
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values.get(name) ?? whole);
}
