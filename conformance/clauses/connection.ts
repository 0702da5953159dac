/** What the result of ADD promises about the data path of a container, and pings that test it. */
import { addressOf, isIpv6 } from "../../core/ip.ts";
import { succeeded, type Shell } from "../../core/shell.ts";
import { demand, skipUnless } from "./demand.ts";
import type { AddedAttachment } from "./attachment.ts";
import type { ClauseContext } from "./clause-context.ts";
import { readNetState } from "../node/net-state.ts";

export type Family = 4 | 6;
export const FAMILIES: readonly Family[] = [4, 6];

/** Returns the family of an address, with or without a prefix length. */
export function familyOf(address: string): Family {
  return isIpv6(address) ? 6 : 4;
}

/** What an attachment connects to. */
export interface Connection {
  /** Without prefix lengths. */
  readonly addresses: readonly string[];
  readonly gateways: readonly string[];
  /** Families with a default route. */
  readonly defaultRoutes: readonly Family[];
}

const DEFAULT_ROUTES: Readonly<Record<Family, string>> = { 4: "0.0.0.0/0", 6: "::/0" };

/** According to the result or, if it is malformed, to the kernel. */
export async function connectionOf(added: AddedAttachment): Promise<Connection> {
  const { container, ifName, result, discarded } = added;
  if (discarded === undefined) {
    const ips = result.ips.filter(({ interface: index }) => isOwn(added, index));
    return connection(
      ips.map(({ address }) => address),
      ips.flatMap(({ gateway }) => gateway ?? []),
      result.routes,
    );
  }
  const { addresses, routes } = await readNetState(container.shell);
  const own = addresses.filter(({ link, scope }) => link === ifName && scope === "global");
  return connection(
    own.map(({ cidr }) => cidr),
    routes.flatMap(({ gw, table }) => (table === "main" && gw !== "" ? [gw] : [])),
    routes,
  );
}

/** Reports whether an address of the result belongs to the attachment: a result may list other interfaces. */
function isOwn({ ifName, result }: AddedAttachment, index: number | undefined): boolean {
  const name = index === undefined ? undefined : result.interfaces[index]?.name;
  return name === undefined || name === ifName;
}

function connection(
  cidrs: readonly string[],
  gateways: readonly string[],
  routes: readonly { readonly dst: string }[],
): Connection {
  return {
    addresses: cidrs.map(addressOf),
    gateways: [...new Set(gateways)],
    defaultRoutes: FAMILIES.filter((family) => routes.some(({ dst }) => dst === DEFAULT_ROUTES[family])),
  };
}

/** Bytes of the announced MTU: of the result or, if it has none, of the link. @throws Skip without a link */
export async function announcedMtu({ container, ifName, result, discarded }: AddedAttachment): Promise<number> {
  const isOwnLink = ({ name, sandbox = "" }: { name: string; sandbox?: string }): boolean =>
    name === ifName && sandbox !== "";
  const announced = discarded === undefined ? result.interfaces.find(isOwnLink)?.mtu : undefined;
  if (announced !== undefined && announced > 0) return announced;
  const link = (await readNetState(container.shell)).links.find(({ name }) => name === ifName);
  skipUnless(link !== undefined, `the container has no ${ifName} after ADD`);
  return link.mtu;
}

/** Time limit for a ping reply, and for the command. */
export const PING_TIMEOUT_S = 2;
const PING_LIMIT_S = PING_TIMEOUT_S + 2;
/** Headers of an ICMP packet. */
const HEADER_BYTES: Readonly<Record<Family, number>> = { 4: 28, 6: 48 };
const MAX_PACKET_BYTES = 65_535;

/** @param bytes length of the packet, which must not be fragmented; default: any */
export async function respondsToPing(from: Shell, address: string, bytes?: number): Promise<boolean> {
  return succeeded(await from.exec(pingCommand(address, bytes), { timeout: PING_LIMIT_S, observes: true }));
}

/** The same as a step of the test: afterwards, the kernel knows the neighbor. */
export async function meets(from: Shell, address: string): Promise<boolean> {
  return succeeded(await from.exec(pingCommand(address), { timeout: PING_LIMIT_S }));
}

function pingCommand(address: string, bytes?: number): readonly string[] {
  const size = bytes === undefined ? [] : ["-M", "do", "-s", String(payloadOf(address, bytes))];
  return ["ping", "-n", "-c1", "-i0.2", "-w", String(PING_TIMEOUT_S), ...size, address];
}

function payloadOf(address: string, bytes: number): number {
  return Math.min(bytes, MAX_PACKET_BYTES) - HEADER_BYTES[address.includes(":") ? 6 : 4];
}

export const NO_GATEWAY = "the plugin does not put the gateway on the node";

/**
 * Whether the node is the container's gateway: the profile or the configuration says so, or the node has the address
 * of a gateway or next hop of the result.
 */
export async function gatewayIsOnNode(
  { underTest, testNode }: ClauseContext,
  added: AddedAttachment,
): Promise<boolean> {
  if (underTest.gateway) return true;
  const { ips, routes } = added.result;
  const gateways = [...ips.map(({ gateway }) => gateway), ...routes.map(({ gw }) => gw)];
  const { addresses } = await readNetState(testNode.shell);
  return addresses.some(({ cidr }) => gateways.includes(addressOf(cidr)));
}

interface PingTarget {
  readonly address: string;
  readonly description: string;
  /** See {@link respondsToPing}. */
  readonly bytes?: number;
}

/** @throws Deviation without a reply */
export async function demandPing(
  { container, ifName }: AddedAttachment,
  { address, description, bytes }: PingTarget,
): Promise<void> {
  const target = address.toLowerCase().startsWith("fe80:") ? `${address}%${ifName}` : address;
  const packet = bytes === undefined ? "" : ` to an unfragmented packet of ${bytes} bytes`;
  demand(
    await respondsToPing(container.shell, target, bytes),
    `a ping reply from ${description}${packet} within ${PING_TIMEOUT_S} s`,
    "no reply",
  );
}
