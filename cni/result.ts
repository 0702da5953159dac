/** Parses results of ADD of any version (specification, "Result" up to 0.4.0, section 5 from 1.0.0 on). */
import { isAddress, isCidr } from "../core/ip.ts";
import { isList, isObject, typeName, type JsonObject, type JsonValue } from "./lossless-json.ts";
import type { CniDns, CniInterface, CniIp, CniResult, CniRoute } from "./types.ts";
import { LATEST_VERSION } from "./spec-versions.ts";

/** A result is invalid or cannot be converted. */
export class ResultError extends Error {
  override readonly name = "ResultError";
}

/**
 * Converts a result of any version to the latest version. The format is detected by its keys, not by cniVersion,
 * because some plugins print a cniVersion that does not match. Keys of the specification must have the specified types;
 * unknown keys are ignored here (the raw value preserves them).
 * @throws ResultError with the first invalid key
 */
export function readResult(raw: JsonObject): CniResult {
  const families = [readOldFamily(raw, "ip4"), readOldFamily(raw, "ip6")];
  return {
    cniVersion: LATEST_VERSION,
    interfaces: listAt(raw, "interfaces").map(readInterface),
    ips: [...families.flatMap((family) => family.ips), ...listAt(raw, "ips").map(readIp)],
    routes: [
      ...families.flatMap((family) => family.routes),
      ...listAt(raw, "routes").map((route, i) => readRoute(route, `routes[${i}]`)),
    ],
    dns: readDns(raw),
  };
}

/** Reads `ip4` or `ip6` of 0.1.0 and 0.2.0: one address with its routes. */
function readOldFamily(raw: JsonObject, key: "ip4" | "ip6"): { ips: CniIp[]; routes: CniRoute[] } {
  const value = raw[key] ?? null;
  if (value === null) return { ips: [], routes: [] };
  const from = requireObject(value, key);
  const routes = listAt(from, "routes").map((route, i) => readRoute(route, `${key}.routes[${i}]`));
  const ip = { address: requiredCidr(from, "ip", key), ...optional("gateway", optionalAddress(from, "gateway", key)) };
  return { ips: [ip], routes };
}

function readInterface(value: JsonValue, index: number): CniInterface {
  const at = `interfaces[${index}]`;
  const from = requireObject(value, at);
  return {
    name: requireString(optionalString(from, "name", at), `${at}.name`),
    ...optional("mac", optionalString(from, "mac", at)),
    ...optional("mtu", optionalCount(from, "mtu", at)),
    ...optional("sandbox", optionalString(from, "sandbox", at)),
    ...optional("socketPath", optionalString(from, "socketPath", at)),
    ...optional("pciID", optionalString(from, "pciID", at)),
  };
}

function readIp(value: JsonValue, index: number): CniIp {
  const at = `ips[${index}]`;
  const from = requireObject(value, at);
  return {
    address: requiredCidr(from, "address", at),
    ...optional("gateway", optionalAddress(from, "gateway", at)),
    ...optional("interface", optionalCount(from, "interface", at)),
  };
}

function readRoute(value: JsonValue, at: string): CniRoute {
  const from = requireObject(value, at);
  const numbers = (["mtu", "advmss", "priority", "table", "scope"] as const).map((key) =>
    optional(key, optionalCount(from, key, at)),
  );
  return Object.assign(
    { dst: requiredCidr(from, "dst", at), ...optional("gw", optionalAddress(from, "gw", at)) },
    ...numbers,
  ) as CniRoute;
}

function readDns(raw: JsonObject): CniDns {
  if ((raw.dns ?? null) === null) return {};
  const from = requireObject(raw.dns, "dns");
  const lists = (["nameservers", "search", "options"] as const).map((key) => {
    const items = listAt(from, key).map((item, i) =>
      typeof item === "string" ? item : invalid(`dns.${key}[${i}]`, "a string", item),
    );
    return items.length === 0 ? {} : { [key]: items };
  });
  return Object.assign({ ...optional("domain", optionalString(from, "domain", "dns")) }, ...lists) as CniDns;
}

function optional<K extends string, T>(key: K, value: T | undefined): { [key in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: T };
}

function requireObject(value: JsonValue | undefined, at: string): JsonObject {
  return isObject(value) ? value : invalid(at, "an object", value);
}

/** Go encodes an empty list as null. */
function listAt(from: JsonObject, key: string): readonly JsonValue[] {
  const value = from[key] ?? null;
  if (value === null) return [];
  return isList(value) ? value : invalid(key, "a list", value);
}

/** Go encodes a missing string as "". */
function optionalString(from: JsonObject, key: string, at: string): string | undefined {
  const value = from[key] ?? "";
  if (typeof value !== "string") return invalid(`${at}.${key}`, "a string", value);
  return value === "" ? undefined : value;
}

function optionalCount(from: JsonObject, key: string, at: string): number | undefined {
  const value = from[key] ?? null;
  if (value === null) return undefined;
  const good = typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
  return good ? value : invalid(`${at}.${key}`, "a non-negative integer", value);
}

function optionalAddress(from: JsonObject, key: string, at: string): string | undefined {
  const value = optionalString(from, key, at);
  return value === undefined || isAddress(value) ? value : invalid(`${at}.${key}`, "an IP address", value);
}

function requiredCidr(from: JsonObject, key: string, at: string): string {
  const value = requireString(optionalString(from, key, at), `${at}.${key}`);
  return isCidr(value) ? value : invalid(`${at}.${key}`, "an IP address with a prefix length", value);
}

function requireString(value: string | undefined, at: string): string {
  return value ?? invalid(at, "a string", undefined);
}

function invalid(at: string, wanted: string, got: JsonValue | undefined): never {
  throw new ResultError(
    `${at} must be ${wanted}, not ${typeof got === "string" ? `"${got.slice(0, 60)}"` : typeName(got)}`,
  );
}
