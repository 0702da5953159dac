/** The form of a result in each version: which keys there may be, and of which type their values are. */
import { isIP, isIPv4 } from "node:net";
import { isList, isObject, type JsonObject, type JsonValue } from "../../cni/json.ts";
import { atLeast, type SpecVersion } from "../../cni/version.ts";

export interface ShapeFault {
  /** `future`: a key of a later version; `key`: any other unknown key; `family`: a missing or wrong ips[].version. */
  readonly kind: "future" | "key" | "type" | "family";
  /** `ips[0].version` */
  readonly where: string;
  readonly what: string;
}

type ValueCheck = (value: JsonValue) => boolean;
type Shape = Readonly<Record<string, ValueCheck>>;

const text: ValueCheck = (value) => typeof value === "string";
const count: ValueCheck = (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const address: ValueCheck = (value) => typeof value === "string" && (value === "" || isIP(value) !== 0);
const mac: ValueCheck = (value) =>
  typeof value === "string" && /^(([0-9a-f]{2}:)+[0-9a-f]{2})?$/i.test(value) && [0, 17, 23, 59].includes(value.length);
const texts: ValueCheck = (value) => isList(value) && value.every(text);
const cidr: ValueCheck = (value) => {
  const [ip = "", bits = "", ...rest] = typeof value === "string" ? value.split("/") : [];
  return isIP(ip) !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(ip) ? 32 : 128);
};
/** The network itself, without host bits. */
const network: ValueCheck = (value) => cidr(value) && typeof value === "string" && !hasHostBits(value);

const DNS: Shape = {
  nameservers: (value) => isList(value) && value.every((server) => typeof server === "string" && isIP(server) !== 0),
  domain: text,
  search: texts,
  options: texts,
};
const ROUTE: Shape = { dst: network, gw: address };
const ROUTE_110: Shape = { ...ROUTE, mtu: count, advmss: count, priority: count, table: count, scope: count };
const INTERFACE: Shape = { name: text, mac, sandbox: text };
const INTERFACE_110: Shape = { ...INTERFACE, mtu: count, socketPath: text, pciID: text };
const IP: Shape = { address: cidr, gateway: address, interface: count };

/** Everything that is wrong with the form of a result of the version. */
export function shapeFaults(raw: JsonObject, version: SpecVersion): readonly ShapeFault[] {
  if (!atLeast(version, "0.3.0")) return faultsBefore030(raw);
  const since110 = atLeast(version, "1.1.0");
  const tops = ["cniVersion", "interfaces", "ips", "routes", "dns"];
  const ip: Shape = atLeast(version, "1.0.0") ? IP : { ...IP, version: text };
  return [
    ...Object.keys(raw)
      .filter((key) => !tops.includes(key))
      .map((key): ShapeFault => ({ kind: "key", where: key, what: "an unknown key" })),
    ...listFaults(raw, "interfaces", since110 ? INTERFACE_110 : INTERFACE, ["name"], ["mtu", "socketPath", "pciID"]),
    ...listFaults(raw, "ips", ip, ["address"], []),
    ...listFaults(
      raw,
      "routes",
      since110 ? ROUTE_110 : ROUTE,
      ["dst"],
      ["mtu", "advmss", "priority", "table", "scope"],
    ),
    ...objectFaults(raw.dns ?? {}, "dns", DNS, [], []),
    ...(atLeast(version, "1.0.0") ? [] : families(raw)),
  ];
}

function faultsBefore030(raw: JsonObject): readonly ShapeFault[] {
  const tops = ["cniVersion", "ip4", "ip6", "dns"];
  const later = ["interfaces", "ips", "routes"];
  const unknown = Object.keys(raw).filter((key) => !tops.includes(key));
  const familyFaults = (["ip4", "ip6"] as const).flatMap((key) => {
    const value = raw[key] ?? null;
    if (value === null) return [];
    const form: Shape = {
      ip: (ip) => typeof ip === "string" && cidr(ip) && isIPv4(ip.split("/")[0] ?? "") === (key === "ip4"),
      gateway: address,
      routes: isList,
    };
    return [
      ...objectFaults(value, key, form, ["ip"], []),
      ...(isObject(value) ? listFaults(value, "routes", ROUTE, ["dst"], [], `${key}.`) : []),
    ];
  });
  return [
    ...unknown.map((key): ShapeFault => ({
      kind: later.includes(key) ? "future" : "key",
      where: key,
      what: "a key that this version does not have",
    })),
    ...(raw.ip4 === undefined && raw.ip6 === undefined
      ? [{ kind: "key", where: "ip4", what: "neither ip4 nor ip6" } as const]
      : []),
    ...familyFaults,
    ...objectFaults(raw.dns ?? {}, "dns", DNS, [], []),
  ];
}

/** `version` of ips[], which only 0.3.0 to 0.4.0 have. */
function families(raw: JsonObject): readonly ShapeFault[] {
  const ips = isList(raw.ips) ? raw.ips.filter(isObject) : [];
  return ips.flatMap((ip, i): ShapeFault[] => {
    const fits = typeof ip.address === "string" && ip.version === (ip.address.includes(":") ? "6" : "4");
    return fits
      ? []
      : [
          {
            kind: "family",
            where: `ips[${i}].version`,
            what: `${JSON.stringify(ip.version ?? null)} for ${JSON.stringify(ip.address ?? null)}`,
          },
        ];
  });
}

function listFaults(
  from: JsonObject,
  key: string,
  form: Shape,
  required: readonly string[],
  future: readonly string[],
  prefix = "",
): readonly ShapeFault[] {
  const value = from[key] ?? [];
  if (!isList(value)) return [{ kind: "type", where: prefix + key, what: "no list" }];
  return value.flatMap((entry, i) => objectFaults(entry, `${prefix}${key}[${i}]`, form, required, future));
}

function objectFaults(
  value: JsonValue,
  where: string,
  form: Shape,
  required: readonly string[],
  future: readonly string[],
): readonly ShapeFault[] {
  if (!isObject(value)) return [{ kind: "type", where, what: "no object" }];
  const missing = required
    .filter((key) => value[key] === undefined)
    .map((key): ShapeFault => ({ kind: "type", where: `${where}.${key}`, what: "missing" }));
  const wrong = Object.entries(value).flatMap(([key, entry]): ShapeFault[] => {
    const at = `${where}.${key}`;
    const check = form[key];
    // `version` of ips[] is of 0.3.0 to 0.4.0: later it is a relic rather than a key of the future.
    if (check === undefined)
      return [
        {
          kind: future.includes(key) || key === "version" ? "future" : "key",
          where: at,
          what: "a key that this version does not have",
        },
      ];
    return check(entry)
      ? []
      : [{ kind: "type", where: at, what: `${JSON.stringify(entry).slice(0, 80)} is not of its type` }];
  });
  return [...missing, ...wrong];
}

function hasHostBits(range: string): boolean {
  const [ip = "", bits = ""] = range.split("/");
  const octets = isIPv4(ip) ? ip.split(".").map(Number) : ipv6Bytes(ip);
  return octets.some((octet, i) => {
    const kept = Math.min(8, Math.max(0, Number(bits) - 8 * i));
    return (octet & (0xff >> kept)) !== 0;
  });
}

function ipv6Bytes(ip: string): number[] {
  const written = new URL(`http://[${ip}]/`).hostname.slice(1, -1);
  const [head = "", tail] = written.split("::");
  const words = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const [left, right] = [words(head), words(tail ?? "")];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].flatMap((word) => [parseInt(word, 16) >> 8, parseInt(word, 16) & 0xff]);
}
