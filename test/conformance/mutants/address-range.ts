/** Address ranges, with addresses as integers. */
import { isIPv4, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";
import type { JsonObject } from "../../../cni/lossless-json.ts";
import { addressAt } from "../../../core/ip.ts";
import { PluginError, stringOf } from "./protocol.ts";

export interface AddressRange {
  readonly family: 4 | 6;
  readonly bits: number;
  readonly gateway: string;
  /** Whether the address can be assigned. */
  contains(address: string): boolean;
  /** The first addresses that can be assigned and are not in use. */
  candidates(inUse: readonly string[], count: number): readonly string[];
}

interface Subnet {
  readonly family: 4 | 6;
  readonly bits: number;
  /** The first address, and the number of addresses. */
  readonly base: bigint;
  readonly size: bigint;
}

/** @throws PluginError unless the subnet has addresses for a gateway and a container */
function parseSubnet(subnet: string): Subnet {
  const [net = "", prefix = ""] = subnet.split("/");
  const family = isIPv6(net) ? 6 : 4;
  const maxBits = family === 4 ? 32 : 128;
  const bits = Number(prefix);
  if (!(isIPv4(net) || isIPv6(net)) || prefix === "" || !(bits > 0 && bits <= maxBits - 2))
    throw new PluginError(7, `invalid subnet "${subnet}": not an address range, or too small for a container`);
  const size = 1n << BigInt(maxBits - bits);
  return { family, bits, base: (numberOf(net) / size) * size, size };
}

/** Parses a range of the configuration. @throws PluginError if it is invalid */
export function parseRange({ subnet, rangeStart, rangeEnd, gateway: configured }: JsonObject): AddressRange {
  const { family, bits, base, size } = parseSubnet(stringOf(subnet));
  const first = rangeStart === undefined ? base + 1n : numberOf(stringOf(rangeStart));
  // The last address of an IPv4 network is the broadcast address.
  const last = rangeEnd === undefined ? base + size - (family === 4 ? 2n : 1n) : numberOf(stringOf(rangeEnd));
  const gateway = stringOf(configured) || addressFrom(base + 1n, family);
  return {
    family,
    bits,
    gateway,
    contains: (address) => {
      if (!(family === 4 ? isIPv4(address) : isIPv6(address))) return false;
      const number = numberOf(address);
      return number >= first && number <= last && number !== numberOf(gateway);
    },
    candidates: (inUse, count) => {
      const found: string[] = [];
      for (let number = first; number <= last && found.length < count; number++) {
        const address = addressFrom(number, family);
        if (address !== gateway && !inUse.includes(address)) found.push(address);
      }
      return found;
    },
  };
}

export function isIpv4(address: string): boolean {
  return !address.includes(":");
}

function numberOf(address: string): bigint {
  return ipaddr
    .parse(address)
    .toByteArray()
    .reduce((number, byte) => number * 256n + BigInt(byte), 0n);
}

function addressFrom(number: bigint, family: 4 | 6): string {
  return addressAt(family === 4 ? "0.0.0.0/0" : "::/0", number);
}
