/** Reading the result of ADD in any version's shape (specification, "Result" up to 0.4.0 and section 5 from 1.0.0 on). */
import { isIP } from "node:net";
import { isList, isObject, kindOf, type JsonObject, type JsonValue } from "./json.ts";
import type { CniDns, CniInterface, CniIp, CniResult, CniRoute } from "./types.ts";
import { LATEST } from "./version.ts";

/** What is wrong with a result, as the end of a sentence that begins with the plugin. */
export class ResultError extends Error {
  override readonly name = "ResultError";
}

/**
 * Any version's result in the shape of the latest version. Which shape it has is seen from its keys, not from its
 * cniVersion: plugins exist that print the one with the other. Keys of the specification must have its types; unknown
 * keys are ignored here (the raw value keeps them).
 * @throws ResultError naming the first key that is wrong.
 */
export function readResult(raw: JsonObject): CniResult {
  const families = [oldFamily(raw, "ip4"), oldFamily(raw, "ip6")];
  return {
    cniVersion: LATEST,
    interfaces: listAt(raw, "interfaces").map(readInterface),
    ips: [...families.flatMap((family) => family.ips), ...listAt(raw, "ips").map(readIp)],
    routes: [
      ...families.flatMap((family) => family.routes),
      ...listAt(raw, "routes").map((route, i) => readRoute(route, `routes[${i}]`)),
    ],
    dns: readDns(raw),
  };
}

/** `ip4` and `ip6` of 0.1.0 and 0.2.0: one address each, with its own routes. */
function oldFamily(raw: JsonObject, key: "ip4" | "ip6"): { ips: CniIp[]; routes: CniRoute[] } {
  const value = raw[key] ?? null;
  if (value === null) return { ips: [], routes: [] };
  const from = object(value, key);
  const routes = listAt(from, "routes").map((route, i) => readRoute(route, `${key}.routes[${i}]`));
  const ip = { address: cidr(from, "ip", key), ...given("gateway", address(from, "gateway", key)) };
  return { ips: [ip], routes };
}

function readInterface(value: JsonValue, index: number): CniInterface {
  const at = `interfaces[${index}]`;
  const from = object(value, at);
  return {
    name: required(text(from, "name", at), `${at}.name`),
    ...given("mac", text(from, "mac", at)),
    ...given("mtu", count(from, "mtu", at)),
    ...given("sandbox", text(from, "sandbox", at)),
    ...given("socketPath", text(from, "socketPath", at)),
    ...given("pciID", text(from, "pciID", at)),
  };
}

function readIp(value: JsonValue, index: number): CniIp {
  const at = `ips[${index}]`;
  const from = object(value, at);
  return {
    address: cidr(from, "address", at),
    ...given("gateway", address(from, "gateway", at)),
    ...given("interface", count(from, "interface", at)),
  };
}

function readRoute(value: JsonValue, at: string): CniRoute {
  const from = object(value, at);
  const numbers = (["mtu", "advmss", "priority", "table", "scope"] as const).map((key) =>
    given(key, count(from, key, at)),
  );
  return Object.assign({ dst: cidr(from, "dst", at), ...given("gw", address(from, "gw", at)) }, ...numbers) as CniRoute;
}

function readDns(raw: JsonObject): CniDns {
  if ((raw.dns ?? null) === null) return {};
  const from = object(raw.dns, "dns");
  const lists = (["nameservers", "search", "options"] as const).map((key) => {
    const items = listAt(from, key).map((item, i) =>
      typeof item === "string" ? item : wrong(`dns.${key}[${i}]`, "a string", item),
    );
    return items.length === 0 ? {} : { [key]: items };
  });
  return Object.assign({ ...given("domain", text(from, "domain", "dns")) }, ...lists) as CniDns;
}

function given<K extends string, T>(key: K, value: T | undefined): { [key in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: T };
}

function object(value: JsonValue | undefined, at: string): JsonObject {
  return isObject(value) ? value : wrong(at, "an object", value);
}

/** Go programs print an empty list as null. */
function listAt(from: JsonObject, key: string): readonly JsonValue[] {
  const value = from[key] ?? null;
  if (value === null) return [];
  return isList(value) ? value : wrong(key, "a list", value);
}

/** Go programs print an absent text as "". */
function text(from: JsonObject, key: string, at: string): string | undefined {
  const value = from[key] ?? "";
  if (typeof value !== "string") return wrong(`${at}.${key}`, "a string", value);
  return value === "" ? undefined : value;
}

function count(from: JsonObject, key: string, at: string): number | undefined {
  const value = from[key] ?? null;
  if (value === null) return undefined;
  const good = typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
  return good ? value : wrong(`${at}.${key}`, "a whole number from 0 on", value);
}

function address(from: JsonObject, key: string, at: string): string | undefined {
  const value = text(from, key, at);
  return value === undefined || isIP(value) !== 0 ? value : wrong(`${at}.${key}`, "an IP address", value);
}

function cidr(from: JsonObject, key: string, at: string): string {
  const value = required(text(from, key, at), `${at}.${key}`);
  const [ip = "", prefix = "", ...rest] = value.split("/");
  const bits = isIP(ip) === 4 ? 32 : isIP(ip) === 6 ? 128 : -1;
  const good = rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits;
  return good ? value : wrong(`${at}.${key}`, "an IP address with a prefix length", value);
}

function required(value: string | undefined, at: string): string {
  return value ?? wrong(at, "a text", undefined);
}

function wrong(at: string, wanted: string, got: JsonValue | undefined): never {
  throw new ResultError(
    `${at} must be ${wanted}, not ${typeof got === "string" ? `"${got.slice(0, 60)}"` : kindOf(got)}`,
  );
}
