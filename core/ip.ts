/**
 * Arithmetic on IP addresses and ranges in text form. The only file that imports ipaddr.js.
 *
 * The library also reads `0x7f.1`, `010.0.0.1` (octal) and zones such as `fe80::1%eth0`. Such text is not an address
 * here: plugins and the kernel would read other addresses, or none.
 */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

interface Range {
  readonly address: Address;
  /** Length of the prefix. */
  readonly prefix: number;
  /** Bits of an address: 32 or 128. */
  readonly bits: number;
}

/** Reports whether the text is an IPv4 or IPv6 address. */
export function isAddress(text: string): boolean {
  return parseAddress(text) !== null;
}

/** Reports whether the text is an address with a prefix length, such as `10.1.0.2/24`. */
export function isCidr(text: string): boolean {
  return parseRange(text) !== null;
}

/** Reports whether the text is an IPv6 address, with or without a prefix length. */
export function isIpv6(text: string): boolean {
  return parseAddress(addressOf(text))?.kind() === "ipv6";
}

/** Reports whether the address, with or without a prefix length, is one of the host itself: `127.0.0.1` or `::1`. */
export function isLoopback(text: string): boolean {
  return parseAddress(addressOf(text))?.range() === "loopback";
}

/** Removes the prefix length: `10.1.0.2` for `10.1.0.2/24`. */
export function addressOf(cidr: string): string {
  return cidr.split("/")[0] ?? "";
}

/** Returns the prefix length: 24 for `10.1.0.2/24`. @throws RangeError if the range is invalid */
export function prefixOf(cidr: string): number {
  return requireRange(cidr).prefix;
}

/** Returns the canonical notation (RFC 5952), so that equal addresses compare equal; other text unchanged. */
export function canonicalAddress(cidr: string): string {
  const address = addressOf(cidr);
  return `${parseAddress(address)?.toString() ?? address}${cidr.slice(address.length)}`;
}

/** Reports whether the range contains the address. The range may have host bits set. */
export function inRange(address: string, cidr: string): boolean {
  const [ip, range] = [parseAddress(address), parseRange(cidr)];
  return ip !== null && range !== null && ip.kind() === range.address.kind() && ip.match(range.address, range.prefix);
}

/** Reports whether bits after the prefix are set: true for `10.1.0.2/24`, false for `10.1.0.0/24`. */
export function hasHostBits(cidr: string): boolean {
  const range = requireRange(cidr);
  return toNumber(range.address) !== firstOf(range);
}

/**
 * Returns an address of a range.
 * @param index 0 for the first address, -1 for the last
 * @throws RangeError if the range is invalid or has no such address
 */
export function addressAt(cidr: string, index: number | bigint): string {
  const range = requireRange(cidr);
  const offset = BigInt(index) + (index < 0 ? sizeOf(range) : 0n);
  if (offset < 0n || offset >= sizeOf(range)) throw new RangeError(`${cidr} has no address ${index}`);
  return toText(firstOf(range) + offset, range.bits);
}

/**
 * Returns a part of a range. After the last part, the first one follows again.
 * @param prefix prefix length of the parts
 * @throws RangeError if the range is invalid or shorter than a part
 */
export function partOf(cidr: string, prefix: number, index: number): string {
  const range = requireRange(cidr);
  if (prefix < range.prefix || prefix > range.bits) throw new RangeError(`${cidr} has no part of length /${prefix}`);
  const part = BigInt(index) % (1n << BigInt(prefix - range.prefix));
  return `${toText(firstOf(range) + (part << BigInt(range.bits - prefix)), range.bits)}/${prefix}`;
}

/** Returns the smallest range that contains all ranges of one family. @throws RangeError if a range is invalid */
export function smallestCommonRange(cidrs: readonly string[]): string {
  const ranges = cidrs.map(requireRange);
  const bits = ranges[0]?.bits ?? 32;
  const starts = ranges.map(firstOf);
  let prefix = Math.min(...ranges.map((range) => range.prefix));
  while (new Set(starts.map((start) => start >> BigInt(bits - prefix))).size > 1) prefix--;
  const hostBits = BigInt(bits - prefix);
  return `${toText(((starts[0] ?? 0n) >> hostBits) << hostBits, bits)}/${prefix}`;
}

function parseAddress(text: string): Address | null {
  if (isIP(text) === 0 || text.includes("%")) return null;
  // The library reads the deprecated `::1.2.3.4` as `::ffff:1.2.3.4`, but not with an explicit zero.
  return ipaddr.parse(text.replace(/^::(?=\d+\.)/, "0::"));
}

function parseRange(cidr: string): Range | null {
  const [, text = "", prefix = ""] = /^([^/]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const address = parseAddress(text);
  if (address === null) return null;
  const bits = address.kind() === "ipv4" ? 32 : 128;
  return Number(prefix) <= bits ? { address, prefix: Number(prefix), bits } : null;
}

function requireRange(cidr: string): Range {
  const range = parseRange(cidr);
  if (range === null) throw new RangeError(`invalid range: ${cidr}`);
  return range;
}

function firstOf({ address, prefix, bits }: Range): bigint {
  const hostBits = BigInt(bits - prefix);
  return (toNumber(address) >> hostBits) << hostBits;
}

function sizeOf({ prefix, bits }: Range): bigint {
  return 1n << BigInt(bits - prefix);
}

function toNumber(address: Address): bigint {
  return address.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function toText(value: bigint, bits: number): string {
  const bytes = Array.from({ length: bits / 8 }, (_, i) => Number((value >> BigInt(bits - 8 - 8 * i)) & 0xffn));
  return ipaddr.fromByteArray(bytes).toString();
}

/** Returns the flag that restricts iperf3, netperf and ip to the family of this address. */
export function ipFlag(ip: string): "-4" | "-6" {
  return isIpv6(ip) ? "-6" : "-4";
}
