/**
 * Compares the result of a chained plugin with prevResult: a difference is right if the kernel confirms it, and wrong
 * otherwise. Pure.
 */
import { isList, isObject, type JsonObject, type JsonValue } from "../../cni/index.ts";
import type { Link, NetState } from "../node/net-state.ts";
import { deepEqual } from "./compare.ts";

/** The namespaces of the container and of the node, before and after ADD of the chained plugin. */
export interface ObservedChange {
  readonly insideBefore: NetState;
  readonly inside: NetState;
  readonly node: NetState;
}

/**
 * Reverts the confirmed differences of a result from prevResult, in the format of 0.3.0 and later. What remains must
 * equal prevResult.
 */
export function revertConfirmed(printed: JsonObject, prev: JsonObject, observed: ObservedChange): JsonObject {
  const interfaces = revertInterfaces(objects(printed.interfaces), objects(prev.interfaces), observed);
  const ips = revertList(
    objects(printed.ips).map((ip) => moveIndex(ip, interfaces.moved)),
    objects(prev.ips),
    {
      same: (a, b) => a.address === b.address,
      exists: (ip) => hasAddress(observed.inside, ip),
      existed: (ip) => hasAddress(observed.insideBefore, ip),
    },
  );
  const routes = revertList(objects(printed.routes), objects(prev.routes), {
    same: deepEqual,
    exists: (route) => hasRoute(observed.inside, route),
    existed: (route) => hasRoute(observed.insideBefore, route),
  });
  return { ...printed, interfaces: interfaces.entries, ips, routes };
}

/**
 * Changes of addresses and routes in the container that the result does not have. A route that only moved to another
 * table counts as unchanged: versions before 1.1.0 cannot express that.
 */
export function unreportedChanges(printed: JsonObject, { insideBefore, inside }: ObservedChange): readonly string[] {
  const addresses = objects(printed.ips).map(({ address }) => address);
  const routes = objects(printed.routes);
  const added = inside.addresses.filter(
    ({ cidr, scope }) => scope === "global" && !hasAddress(insideBefore, { address: cidr }),
  );
  const removed = insideBefore.addresses.filter(({ cidr }) => !hasAddress(inside, { address: cidr }));
  const newRoutes = inside.routes.filter(
    ({ dst, gw, protocol }) => protocol !== "kernel" && !hasRoute(insideBefore, { dst, gw }),
  );
  return [
    ...added.filter(({ cidr }) => !addresses.includes(cidr)).map(({ cidr }) => `the new address ${cidr}`),
    ...removed.filter(({ cidr }) => addresses.includes(cidr)).map(({ cidr }) => `the removed address ${cidr}`),
    ...newRoutes
      .filter(({ dst, gw }) => !routes.some((route) => isRoute(route, dst, gw)))
      .map(({ dst }) => `the new route to ${dst}`),
    ...routes
      .filter((route) => hasRoute(insideBefore, route) && !hasRoute(inside, route))
      .map(({ dst }) => `the removed route to ${textOf(dst)}`),
  ];
}

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return isList(value ?? null) ? (value as readonly JsonValue[]).filter(isObject) : [];
}

interface Interfaces {
  readonly entries: readonly JsonObject[];
  /** The index in `entries` of every printed entry; null for an entry that was reverted. */
  readonly moved: readonly (number | null)[];
}

function revertInterfaces(
  printed: readonly JsonObject[],
  prev: readonly JsonObject[],
  observed: ObservedChange,
): Interfaces {
  const reverted = printed.map((entry) => {
    const before = prev.find((other) => isSameLink(entry, other));
    const link = linkOf(entry, observed);
    return before === undefined ? (link === undefined ? entry : null) : revertAttributes(entry, before, link);
  });
  const entries = reverted.filter((entry) => entry !== null);
  for (const [i, entry] of prev.entries())
    if (!printed.some((other) => isSameLink(entry, other)) && linkOf(entry, observed) === undefined)
      entries.splice(i, 0, entry);
  return { entries, moved: reverted.map((entry) => (entry === null ? null : entries.indexOf(entry))) };
}

function isSameLink(a: JsonObject, b: JsonObject): boolean {
  return a.name === b.name && (a.sandbox ?? "") === (b.sandbox ?? "");
}

function linkOf({ name, sandbox }: JsonObject, { inside, node }: ObservedChange): Link | undefined {
  return ((sandbox ?? "") === "" ? node : inside).links.find((link) => link.name === name);
}

/** Replaces a MAC address and an MTU that the kernel has by the previous ones, which it no longer has. */
function revertAttributes(entry: JsonObject, before: JsonObject, link: Link | undefined): JsonObject {
  const isConfirmed = (key: "mac" | "mtu"): boolean =>
    link !== undefined && textOf(entry[key]) === String(link[key]) && textOf(before[key]) !== String(link[key]);
  const { mac, mtu, ...rest } = entry;
  const value = (key: "mac" | "mtu", printed: JsonValue | undefined): JsonObject => {
    const kept = isConfirmed(key) ? before[key] : printed;
    return kept === undefined ? {} : { [key]: kept };
  };
  return { ...rest, ...value("mac", mac), ...value("mtu", mtu) };
}

/** A MAC address or an MTU as text. */
function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" || typeof value === "number" ? String(value).toLowerCase() : "";
}

function moveIndex(ip: JsonObject, moved: Interfaces["moved"]): JsonObject {
  const index = typeof ip.interface === "number" ? moved[ip.interface] : undefined;
  return index === undefined || index === null ? ip : { ...ip, interface: index };
}

interface ListRules {
  readonly same: (a: JsonObject, b: JsonObject) => boolean;
  /** Whether the kernel has the entry after ADD, and had it before. */
  readonly exists: (entry: JsonObject) => boolean;
  readonly existed: (entry: JsonObject) => boolean;
}

function revertList(
  printed: readonly JsonObject[],
  prev: readonly JsonObject[],
  { same, exists, existed }: ListRules,
): readonly JsonObject[] {
  const entries = printed.filter(
    (entry) => prev.some((other) => same(entry, other)) || !exists(entry) || existed(entry),
  );
  for (const [i, entry] of prev.entries())
    if (!printed.some((other) => same(entry, other)) && existed(entry) && !exists(entry)) entries.splice(i, 0, entry);
  return entries;
}

function hasAddress({ addresses }: NetState, { address }: JsonObject): boolean {
  return addresses.some(({ cidr }) => cidr === address);
}

function hasRoute({ routes }: NetState, { dst, gw }: JsonObject): boolean {
  return routes.some((route) => isRoute({ dst: dst ?? null, gw: gw ?? null }, route.dst, route.gw));
}

/** A result may omit the next hop, which is then the gateway. */
function isRoute(route: JsonObject, dst: string, gw: string): boolean {
  return route.dst === dst && ((route.gw ?? "") === "" || gw === "" || route.gw === gw);
}
