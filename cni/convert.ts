/** Converts results between versions: a plugin receives `prevResult` in the version of its request. */
import { isIpv6 } from "../core/ip.ts";
import type { JsonObject } from "./lossless-json.ts";
import { ResultError, readResult } from "./result.ts";
import type { CniResult, CniRoute } from "./types.ts";
import { atLeast, type SpecVersion } from "./spec-versions.ts";

/**
 * Converts a result to another version. A result without a version, or with this one, is returned unchanged, including
 * unknown keys.
 * @throws ResultError if the result is invalid or the version cannot represent it
 */
export function convertResult(raw: JsonObject, version: SpecVersion): JsonObject {
  const stated = raw.cniVersion ?? "";
  if (stated === "" || stated === version) return raw;
  const result = readResult(raw);
  if (!atLeast(version, "0.3.0")) return toVersion01(result, version);
  return atLeast(version, "1.0.0") ? toVersion1(result, version) : toVersion03(result, version);
}

/** Converts to 1.0.0 or 1.1.0; the latter has additional attributes of interfaces and routes. */
function toVersion1(result: CniResult, version: SpecVersion): JsonObject {
  const { interfaces, routes } = atLeast(version, "1.1.0") ? result : withoutAttributes(result);
  return asJsonObject({ ...result, interfaces, routes, cniVersion: version });
}

/** Converts to 0.3.0, 0.3.1 or 0.4.0, in which each address has its family as `version`. */
function toVersion03(result: CniResult, version: SpecVersion): JsonObject {
  const ips = result.ips.map((ip) => ({ version: isIpv6(ip.address) ? "6" : "4", ...ip }));
  return asJsonObject({ ...result, ...withoutAttributes(result), ips, cniVersion: version });
}

/** Converts to 0.1.0 or 0.2.0, which have at most one address of each family, and at least one address. */
function toVersion01(result: CniResult, version: SpecVersion): JsonObject {
  const addressOfFamily = (wantV6: boolean) => {
    const ip = result.ips.find(({ address }) => isIpv6(address) === wantV6);
    if (ip === undefined) return undefined;
    const routes = withoutAttributes(result).routes.filter(({ dst }) => isIpv6(dst) === wantV6);
    return {
      ip: ip.address,
      ...(ip.gateway === undefined ? {} : { gateway: ip.gateway }),
      ...(routes.length > 0 ? { routes } : {}),
    };
  };
  const [ip4, ip6] = [addressOfFamily(false), addressOfFamily(true)];
  if (ip4 === undefined && ip6 === undefined) throw new ResultError(`no address, which version ${version} requires`);
  return asJsonObject({ cniVersion: version, ...(ip4 ? { ip4 } : {}), ...(ip6 ? { ip6 } : {}), dns: result.dns });
}

function withoutAttributes(result: CniResult): Pick<CniResult, "interfaces" | "routes"> {
  return {
    interfaces: result.interfaces.map(({ name, mac, sandbox }) => ({
      name,
      ...(mac === undefined ? {} : { mac }),
      ...(sandbox === undefined ? {} : { sandbox }),
    })),
    routes: result.routes.map(({ dst, gw }): CniRoute => ({ dst, ...(gw === undefined ? {} : { gw }) })),
  };
}

/** Casts an object that contains only JSON values but whose interface lacks the index signature of JsonObject. */
function asJsonObject(value: object): JsonObject {
  return value as JsonObject;
}
