/**
 * The reference bridge over tunnels between the nodes, IPIP and WireGuard: what a plugin with an encapsulation adds is seen beside
 * the same bridge without one. A tunnel takes its header out of every packet, so pods get a smaller MTU.
 */
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import type { BarePlugin, NodeFacts, NodeStep, RecipeContext } from "./plugin.ts";
import { bridge } from "./reference.ts";

const DEVICE = "cnitunnel";
/** Bytes: an IPv4 header. */
const IPIP_HEADER = 20;
/** Bytes: IPv4, UDP, WireGuard's own, its authentication tag, and padding to 16 (as wg-quick reckons, with IPv6 outside). */
const WIREGUARD_HEADER = 80;
const PORT = 51820;
const KEY_FILE = "/etc/wireguard-key";

export const bridgeIpip = overTunnel("bridge-ipip", "ipip", "IPIP", IPIP_HEADER, ({ self, mtu }) => [
  { argv: ["ip", "link", "add", DEVICE, "type", "ipip", "local", self.ip, "ttl", "64"] },
  { argv: ["ip", "link", "set", DEVICE, "mtu", String(mtu), "up"] },
]);

export const bridgeWireguard = overTunnel(
  "bridge-wireguard",
  "wireguard",
  "WireGuard",
  WIREGUARD_HEADER,
  ({ self, peers, mtu }) => [
    { argv: ["ip", "link", "add", DEVICE, "type", "wireguard"] },
    { argv: ["install", "-m", "600", "/dev/stdin", KEY_FILE], stdin: keysOf(self).secret },
    { argv: ["wg", "set", DEVICE, "listen-port", String(PORT), "private-key", KEY_FILE, ...peers.flatMap(peerOf)] },
    { argv: ["ip", "link", "set", DEVICE, "mtu", String(mtu), "up"] },
  ],
);

interface Ends {
  readonly self: NodeFacts;
  readonly peers: readonly NodeFacts[];
  /** Of the tunnel, bytes. */
  readonly mtu: number;
}

function overTunnel(
  name: string,
  link: "ipip" | "wireguard",
  shown: string,
  header: number,
  make: (ends: Ends) => readonly NodeStep[],
): BarePlugin {
  const config = (context: RecipeContext): string =>
    bridge.bare.config({ ...context, underlayMtu: context.underlayMtu - header });
  const connect = (self: NodeFacts, peers: readonly NodeFacts[], underlayMtu: number): readonly NodeStep[] => [
    ...make({ self, peers, mtu: underlayMtu - header }),
    // `onlink`: the tunnel has no addresses of its own that would say where a peer is.
    ...peers.map(({ ip, podCidr }) => ({
      argv: ["ip", "route", "add", podCidr, ...(link === "ipip" ? ["via", ip, "onlink"] : []), "dev", DEVICE],
    })),
  ];
  return {
    name,
    summary: `${bridge.name}, and ${shown} between the nodes`,
    encapsulation: shown,
    bare: {
      ...bridge.bare,
      links: [link],
      families: ["ipv4"],
      tools: link === "wireguard" ? ["wg"] : [],
      config,
      connect,
    },
  };
}

function peerOf({ ip, podCidr, name }: NodeFacts): string[] {
  return ["peer", keysOf({ name }).open, "allowed-ips", podCidr, "endpoint", `${ip}:${PORT}`];
}

/** Made from the node's name: the nodes live for minutes, and each has to know the others' without asking them. */
function keysOf({ name }: Pick<NodeFacts, "name">): { readonly secret: string; readonly open: string } {
  const secret = createHash("sha256").update(`cnibench ${name}`).digest();
  // PKCS #8 of an X25519 key (RFC 8410, section 7): a fixed head, then the 32 bytes.
  const head = Buffer.from("302e020100300506032b656e04220420", "hex");
  const key = createPublicKey(createPrivateKey({ key: Buffer.concat([head, secret]), format: "der", type: "pkcs8" }));
  return {
    secret: `${secret.toString("base64")}\n`,
    open: key.export({ format: "der", type: "spki" }).subarray(-32).toString("base64"),
  };
}
