/** Checks the shape of a result in each version: the allowed keys and the types of their values. */
import { atLeast, isList, isObject, type JsonObject, type JsonValue, type SpecVersion } from "../../cni/index.ts";
import { hasHostBits, isAddress, isCidr, isIpv6 } from "../../core/ip.ts";

export interface ShapeFault {
  /** `future`: a key of a later version; `key`: any other unknown key; `family`: a missing or wrong ips[].version. */
  readonly kind: "future" | "key" | "type" | "family";
  /** `ips[0].version` */
  readonly path: string;
  readonly problem: string;
}

type ValueCheck = (value: JsonValue) => boolean;

/** The keys of an object. */
interface Shape {
  readonly checks: Readonly<Record<string, ValueCheck>>;
  readonly required: readonly string[];
  /** Keys that only later versions have. */
  readonly future: readonly string[];
}

const isString: ValueCheck = (value) => typeof value === "string";
const isCount: ValueCheck = (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isOptionalAddress: ValueCheck = (value) => typeof value === "string" && (value === "" || isAddress(value));
const isMac: ValueCheck = (value) =>
  typeof value === "string" && /^(([0-9a-f]{2}:)+[0-9a-f]{2})?$/i.test(value) && [0, 17, 23, 59].includes(value.length);
const isStringList: ValueCheck = (value) => isList(value) && value.every(isString);
const isAddressList: ValueCheck = (value) =>
  isList(value) && value.every((ip) => typeof ip === "string" && isAddress(ip));
const isRange: ValueCheck = (value) => typeof value === "string" && isCidr(value);
const isNetwork: ValueCheck = (value) => typeof value === "string" && isCidr(value) && !hasHostBits(value);

const DNS: Shape = {
  checks: { nameservers: isAddressList, domain: isString, search: isStringList, options: isStringList },
  required: [],
  future: [],
};
const ROUTE: Shape = {
  checks: { dst: isNetwork, gw: isOptionalAddress },
  required: ["dst"],
  future: ["mtu", "advmss", "priority", "table", "scope"],
};
const ROUTE_110: Shape = {
  ...ROUTE,
  checks: { ...ROUTE.checks, mtu: isCount, advmss: isCount, priority: isCount, table: isCount, scope: isCount },
};
/** Results before 0.3.0 have no keys of later versions to distinguish. */
const ROUTE_020: Shape = { ...ROUTE, future: [] };
const INTERFACE: Shape = {
  checks: { name: isString, mac: isMac, sandbox: isString },
  required: ["name"],
  future: ["mtu", "socketPath", "pciID"],
};
const INTERFACE_110: Shape = {
  ...INTERFACE,
  checks: { ...INTERFACE.checks, mtu: isCount, socketPath: isString, pciID: isString },
};
const IP: Shape = {
  checks: { address: isRange, gateway: isOptionalAddress, interface: isCount },
  required: ["address"],
  future: [],
};
const IP_BEFORE_100: Shape = { ...IP, checks: { ...IP.checks, version: isString } };

const UNKNOWN_KEY = "key that this version does not have";

/** Every fault in the shape of a result of the version. */
export function shapeFaults(raw: JsonObject, version: SpecVersion): readonly ShapeFault[] {
  if (!atLeast(version, "0.3.0")) return faultsBefore030(raw);
  const [since100, since110] = [atLeast(version, "1.0.0"), atLeast(version, "1.1.0")];
  const keys = ["cniVersion", "interfaces", "ips", "routes", "dns"];
  const unknown = Object.keys(raw).filter((key) => !keys.includes(key));
  return [
    ...unknown.map((key): ShapeFault => ({ kind: "key", path: key, problem: "unknown key" })),
    ...listFaults(raw.interfaces, "interfaces", since110 ? INTERFACE_110 : INTERFACE),
    ...listFaults(raw.ips, "ips", since100 ? IP : IP_BEFORE_100),
    ...listFaults(raw.routes, "routes", since110 ? ROUTE_110 : ROUTE),
    ...objectFaults(raw.dns ?? {}, "dns", DNS),
    ...(since100 ? [] : familyFaults(raw)),
  ];
}

function faultsBefore030(raw: JsonObject): readonly ShapeFault[] {
  const keys = ["cniVersion", "ip4", "ip6", "dns"];
  const later = ["interfaces", "ips", "routes"];
  const unknown = Object.keys(raw).filter((key) => !keys.includes(key));
  return [
    ...unknown.map((key): ShapeFault => ({
      kind: later.includes(key) ? "future" : "key",
      path: key,
      problem: UNKNOWN_KEY,
    })),
    ...(raw.ip4 === undefined && raw.ip6 === undefined
      ? [{ kind: "key", path: "ip4", problem: "neither ip4 nor ip6" } as const]
      : []),
    ...ipConfigFaults(raw.ip4, "ip4"),
    ...ipConfigFaults(raw.ip6, "ip6"),
    ...objectFaults(raw.dns ?? {}, "dns", DNS),
  ];
}

/** `ip4` and `ip6` of versions before 0.3.0. */
function ipConfigFaults(value: JsonValue | undefined, key: "ip4" | "ip6"): readonly ShapeFault[] {
  if (value === undefined || value === null) return [];
  const isOwnCidr: ValueCheck = (ip) => typeof ip === "string" && isCidr(ip) && isIpv6(ip) === (key === "ip6");
  const shape = { checks: { ip: isOwnCidr, gateway: isOptionalAddress, routes: isList }, required: ["ip"], future: [] };
  return [
    ...objectFaults(value, key, shape),
    ...(isObject(value) ? listFaults(value.routes, `${key}.routes`, ROUTE_020) : []),
  ];
}

/** `version` of ips[], which only 0.3.0 to 0.4.0 have. */
function familyFaults(raw: JsonObject): readonly ShapeFault[] {
  const ips = isList(raw.ips) ? raw.ips.filter(isObject) : [];
  return ips.flatMap(({ address, version }, i): ShapeFault[] => {
    if (typeof address === "string" && version === (isIpv6(address) ? "6" : "4")) return [];
    const problem = `${JSON.stringify(version ?? null)} for ${JSON.stringify(address ?? null)}`;
    return [{ kind: "family", path: `ips[${i}].version`, problem }];
  });
}

function listFaults(value: JsonValue | undefined, path: string, shape: Shape): readonly ShapeFault[] {
  const list = value ?? [];
  if (!isList(list)) return [{ kind: "type", path, problem: "not a list" }];
  return list.flatMap((entry, i) => objectFaults(entry, `${path}[${i}]`, shape));
}

function objectFaults(value: JsonValue, path: string, { checks, required, future }: Shape): readonly ShapeFault[] {
  if (!isObject(value)) return [{ kind: "type", path, problem: "not an object" }];
  const missing = required
    .filter((key) => value[key] === undefined)
    .map((key): ShapeFault => ({ kind: "type", path: `${path}.${key}`, problem: "missing" }));
  const wrong = Object.entries(value).flatMap(([key, entry]): ShapeFault[] => {
    const check = checks[key];
    if (check?.(entry)) return [];
    // Only 0.3.0 to 0.4.0 have `version` in ips[]: elsewhere it counts as a key of another version.
    const kind = future.includes(key) || key === "version" ? "future" : "key";
    return [
      check === undefined
        ? { kind, path: `${path}.${key}`, problem: UNKNOWN_KEY }
        : { kind: "type", path: `${path}.${key}`, problem: `${JSON.stringify(entry).slice(0, 80)} has the wrong type` },
    ];
  });
  return [...missing, ...wrong];
}
