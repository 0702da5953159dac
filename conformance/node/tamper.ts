/** Changes a single attribute of an attachment's addresses, routes and neighbor entries, which CHECK must detect. */
import { addressOf, isIpv6, prefixOf } from "../../core/ip.ts";
import { run, type Shell } from "../../core/shell.ts";
import type { TestAttachment } from "../clauses/attachment.ts";
import { isSameRoute } from "./created-objects.ts";
import { readFullState, readNetState, type Address, type Route } from "./net-state.ts";

/**
 * Removes an address and restores the routes that the kernel removes with it: CHECK must detect the address itself.
 */
export async function removeAddress({ container, ifName }: TestAttachment, cidr: string): Promise<void> {
  const { shell } = container;
  const before = (await readNetState(shell)).routes;
  await run(shell, ["ip", "addr", "del", cidr, "dev", ifName]);
  const after = (await readNetState(shell)).routes;
  const removed = before.filter((route) => !after.some((other) => isSameRoute(route, other)));
  // Routes without a next hop first: the others may need them.
  for (const route of removed.toSorted((a, b) => Number(a.gw !== "") - Number(b.gw !== "")))
    await run(shell, routeCommand("replace", route));
}

/** Replaces an address by the same address with another prefix length. The routes remain. */
export async function changePrefix(attachment: TestAttachment, cidr: string): Promise<void> {
  const prefix = prefixOf(cidr);
  const longest = isIpv6(cidr) ? 128 : 32;
  await replaceAddress(attachment, cidr, [`${addressOf(cidr)}/${prefix === longest ? prefix - 1 : prefix + 1}`]);
}

/** Replaces an IPv4 address by the same address with another scope. The routes remain. */
export async function changeScope(attachment: TestAttachment, { cidr, scope }: Address): Promise<void> {
  await replaceAddress(attachment, cidr, [cidr, "scope", scope === "global" ? "link" : "global"]);
}

async function replaceAddress(attachment: TestAttachment, cidr: string, other: readonly string[]): Promise<void> {
  await removeAddress(attachment, cidr);
  // Without the flag, the kernel adds another route to the network.
  const options = ["dev", attachment.ifName, "noprefixroute", ...(isIpv6(cidr) ? ["nodad"] : [])];
  await run(attachment.container.shell, ["ip", "addr", "add", ...other, ...options]);
}

export async function deleteRoute(shell: Shell, route: Route): Promise<void> {
  await run(shell, routeCommand("del", route));
}

/** Replaces a route by one that differs in these attributes. */
export async function changeRoute(shell: Shell, route: Route, attributes: Partial<Route>): Promise<void> {
  await deleteRoute(shell, route);
  await run(shell, routeCommand("add", { ...route, ...attributes }));
}

function routeCommand(action: "add" | "replace" | "del", route: Route): string[] {
  const { dst, gw, dev, table, metric, protocol, scope, mtu, advmss } = route;
  const via = gw === "" ? [] : ["via", gw];
  const identity = [dst, ...via, "dev", dev, "table", table, ...(metric > 0 ? ["metric", String(metric)] : [])];
  // The kernel accepts a next hop whose route it does not know yet.
  const hop = gw === "" ? [] : ["onlink"];
  const sizes = Object.entries({ mtu, advmss }).flatMap(([name, size]) => (size > 0 ? [name, String(size)] : []));
  const attributes = action === "del" ? [] : ["proto", protocol, "scope", scope, ...sizes, ...hop];
  return ["ip", dst.includes(":") ? "-6" : "-4", "route", action, ...identity, ...attributes];
}

/** A neighbor entry as {@link readFullState} lists it. */
interface Neighbor {
  readonly dst: string;
  readonly dev: string;
  /** "" for a proxy. */
  readonly mac: string;
}

function parseNeighbor(line: string): Neighbor {
  const [dst = "", , dev = "", , mac = ""] = line.split(" ");
  return { dst, dev, mac };
}

async function setNeighbor(shell: Shell, { dst, dev, mac }: Neighbor): Promise<void> {
  await run(shell, ["ip", "neigh", "replace", dst, "lladdr", mac, "dev", dev, "nud", "permanent"]);
}

/**
 * Runs an action and restores the neighbor entries that the kernel removes with it, as with the MAC address of a link.
 */
export async function keepingNeighbors<T>(shell: Shell, action: () => Promise<T>): Promise<T> {
  const before = (await readFullState(shell)).neighbors;
  const result = await action();
  const after = (await readFullState(shell)).neighbors;
  for (const line of before.filter((entry) => !after.includes(entry))) await setNeighbor(shell, parseNeighbor(line));
  return result;
}

export async function deleteNeighbor(shell: Shell, line: string): Promise<void> {
  const { dst, dev, mac } = parseNeighbor(line);
  await run(shell, ["ip", "neigh", "del", ...(mac === "" ? ["proxy"] : []), dst, "dev", dev]);
}

/** @returns false for a proxy, which has no MAC address */
export async function changeNeighbor(shell: Shell, line: string): Promise<boolean> {
  const neighbor = parseNeighbor(line);
  if (neighbor.mac === "") return false;
  await setNeighbor(shell, { ...neighbor, mac: "02:00:00:00:be:ef" });
  return true;
}
