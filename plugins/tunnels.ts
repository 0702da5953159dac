/**
 * The reference bridge over tunnels between the nodes, IPIP and WireGuard: what a plugin with an encapsulation adds is seen beside
 * the same bridge without one. A tunnel takes its header out of every packet, so pods get a smaller MTU.
 */
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import type { BarePlugin, NodeFacts, NodeCommand, RecipeContext } from "./plugin.ts";
import { bridge } from "./reference.ts";

const TUNNEL_DEVICE = "cnitunnel";
/** Bytes: an IPv4 header. */
const IPIP_HEADER = 20;
/** Bytes: IPv4, UDP, WireGuard's own, its authentication tag, and padding to 16 (as wg-quick reckons, with IPv6 outside). */
const WIREGUARD_HEADER = 80;
const WIREGUARD_PORT = 51820;
const KEY_FILE = "/etc/wireguard-key";

export const bridgeIpip = tunnelPlugin("bridge-ipip", "ipip", "IPIP", IPIP_HEADER, ({ self, mtu }) => [
  { argv: ["ip", "link", "add", TUNNEL_DEVICE, "type", "ipip", "local", self.ip, "ttl", "64"] },
  { argv: ["ip", "link", "set", TUNNEL_DEVICE, "mtu", String(mtu), "up"] },
]);

export const bridgeWireguard = tunnelPlugin(
  "bridge-wireguard",
  "wireguard",
  "WireGuard",
  WIREGUARD_HEADER,
  ({ self, peers, mtu }) => [
    { argv: ["ip", "link", "add", TUNNEL_DEVICE, "type", "wireguard"] },
    { argv: ["install", "-m", "600", "/dev/stdin", KEY_FILE], stdin: keysOf(self).privateKey },
    {
      argv: [
        "wg",
        "set",
        TUNNEL_DEVICE,
        "listen-port",
        String(WIREGUARD_PORT),
        "private-key",
        KEY_FILE,
        ...peers.flatMap(peerArguments),
      ],
    },
    { argv: ["ip", "link", "set", TUNNEL_DEVICE, "mtu", String(mtu), "up"] },
  ],
);

interface TunnelContext {
  readonly self: NodeFacts;
  readonly peers: readonly NodeFacts[];
  /** Of the tunnel, bytes. */
  readonly mtu: number;
}

function tunnelPlugin(
  name: string,
  link: "ipip" | "wireguard",
  encapsulation: string,
  header: number,
  setupCommands: (ends: TunnelContext) => readonly NodeCommand[],
): BarePlugin {
  const config = (context: RecipeContext): string =>
    bridge.bare.config({ ...context, underlayMtu: context.underlayMtu - header });
  const connect = (self: NodeFacts, peers: readonly NodeFacts[], underlayMtu: number): readonly NodeCommand[] => [
    ...setupCommands({ self, peers, mtu: underlayMtu - header }),
    // `onlink`: the tunnel has no addresses of its own that would say where a peer is.
    ...peers.map(({ ip, podCidr }) => ({
      argv: ["ip", "route", "add", podCidr, ...(link === "ipip" ? ["via", ip, "onlink"] : []), "dev", TUNNEL_DEVICE],
    })),
  ];
  return {
    name,
    summary: `${bridge.name}, and ${encapsulation} between the nodes`,
    encapsulation: encapsulation,
    bare: {
      ...bridge.bare,
      linkTypes: [link],
      families: ["ipv4"],
      tools: link === "wireguard" ? ["wg"] : [],
      config,
      connect,
    },
  };
}

function peerArguments({ ip, podCidr, name }: NodeFacts): string[] {
  return ["peer", keysOf({ name }).publicKey, "allowed-ips", podCidr, "endpoint", `${ip}:${WIREGUARD_PORT}`];
}

/** Made from the node's name: the nodes live for minutes, and each has to know the others' without asking them. */
function keysOf({ name }: Pick<NodeFacts, "name">): { readonly privateKey: string; readonly publicKey: string } {
  const secret = createHash("sha256").update(`cnibench ${name}`).digest();
  // PKCS #8 of an X25519 key (RFC 8410, section 7): a fixed head, then the 32 bytes.
  const head = Buffer.from("302e020100300506032b656e04220420", "hex");
  const key = createPublicKey(createPrivateKey({ key: Buffer.concat([head, secret]), format: "der", type: "pkcs8" }));
  return {
    privateKey: `${secret.toString("base64")}\n`,
    publicKey: key.export({ format: "der", type: "spki" }).subarray(-32).toString("base64"),
  };
}
