/** Arithmetic of ranges, with addresses as whole numbers. */
import { isIPv4, isIPv6 } from "node:net";
import type { JsonObject } from "../../../../cni/json.ts";
import { PluginError, stringOf } from "./protocol.ts";

export interface AddressRange {
  readonly family: 4 | 6;
  readonly bits: number;
  readonly gateway: string;
  /** Whether the address may be handed out. */
  contains(address: string): boolean;
  /** The first addresses that may be handed out and are not taken. */
  candidates(taken: readonly string[], count: number): readonly string[];
}

/** @throws Refusal when it is no range with room for a gateway and a container. */
export function parseRange(range: JsonObject): AddressRange {
  const [net = "", prefix = ""] = stringOf(range.subnet).split("/");
  const family = isIPv6(net) ? 6 : 4;
  const size = family === 4 ? 32 : 128;
  const bits = Number(prefix);
  if (!(isIPv4(net) || isIPv6(net)) || prefix === "" || !(bits > 0 && bits <= size - 2))
    throw new PluginError(7, `"${stringOf(range.subnet)}" is no subnet with room for a container`);
  const hosts = 1n << BigInt(size - bits);
  const base = (numberOf(net) / hosts) * hosts;
  const first = range.rangeStart === undefined ? base + 1n : numberOf(stringOf(range.rangeStart));
  // An IPv4 network keeps its last address for broadcasts.
  const last =
    range.rangeEnd === undefined ? base + hosts - (family === 4 ? 2n : 1n) : numberOf(stringOf(range.rangeEnd));
  const gateway = stringOf(range.gateway) || addressFrom(base + 1n, family);
  const holds = (address: string): boolean => {
    if (!(family === 4 ? isIPv4(address) : isIPv6(address))) return false;
    const number = numberOf(address);
    return number >= first && number <= last && number !== numberOf(gateway);
  };
  return {
    family,
    bits,
    gateway,
    contains: holds,
    candidates: (taken, count) => {
      const found: string[] = [];
      for (let number = first; number <= last && found.length < count; number++) {
        const address = addressFrom(number, family);
        if (address !== gateway && !taken.includes(address)) found.push(address);
      }
      return found;
    },
  };
}

export function isIpv4(address: string): boolean {
  return !address.includes(":");
}

function numberOf(address: string): bigint {
  if (isIPv4(address)) return address.split(".").reduce((number, octet) => number * 256n + BigInt(octet), 0n);
  const [head = "", tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const words = (part: string | undefined): string[] => (part === undefined || part === "" ? [] : part.split(":"));
  const zeros = Array.from({ length: 8 - words(head).length - words(tail).length }, () => "0");
  return [...words(head), ...(tail === undefined ? [] : zeros), ...words(tail)].reduce(
    (number, word) => number * 65536n + BigInt(parseInt(word, 16)),
    0n,
  );
}

function addressFrom(number: bigint, family: 4 | 6): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join(".");
  const words = [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => ((number >> shift) & 65535n).toString(16));
  return new URL(`http://[${words.join(":")}]/`).hostname.slice(1, -1);
}
