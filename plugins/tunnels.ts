/**
 * Recipes for the reference bridge with IPIP or WireGuard tunnels between the nodes, which show the cost of an
 * encapsulation compared with the same bridge without one. The tunnel header reduces the MTU of the pods.
 */
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import type { BarePlugin, NodeFacts, NodeCommand, RecipeContext } from "./plugin.ts";
import { bridge } from "./reference.ts";

const TUNNEL_DEVICE = "cnitunnel";
/** Size of an IPv4 header. */
const IPIP_HEADER_BYTES = 20;
/** IP, UDP and WireGuard headers, authentication tag and padding, as in wg-quick, which allows for outer IPv6. */
const WIREGUARD_HEADER_BYTES = 80;
const WIREGUARD_PORT = 51820;
const KEY_FILE = "/etc/wireguard-key";

interface TunnelContext {
  readonly self: NodeFacts;
  readonly peers: readonly NodeFacts[];
  /** MTU of the tunnel, bytes. */
  readonly mtu: number;
}

interface Tunnel {
  readonly linkType: "ipip" | "wireguard";
  readonly encapsulation: string;
  /** Size of the headers that the tunnel adds to every packet. */
  readonly headerBytes: number;
  readonly tools: readonly string[];
  /** Returns the commands that create the tunnel on a node. */
  setupCommands(context: TunnelContext): readonly NodeCommand[];
}

export const bridgeIpip = tunnelPlugin("bridge-ipip", {
  linkType: "ipip",
  encapsulation: "IPIP",
  headerBytes: IPIP_HEADER_BYTES,
  tools: [],
  setupCommands: ({ self, mtu }) => [
    { argv: ["ip", "link", "add", TUNNEL_DEVICE, "type", "ipip", "local", self.ip, "ttl", "64"] },
    enableTunnel(mtu),
  ],
});

export const bridgeWireguard = tunnelPlugin("bridge-wireguard", {
  linkType: "wireguard",
  encapsulation: "WireGuard",
  headerBytes: WIREGUARD_HEADER_BYTES,
  tools: ["wg"],
  setupCommands: ({ self, peers, mtu }) => {
    const options = ["listen-port", String(WIREGUARD_PORT), "private-key", KEY_FILE, ...peers.flatMap(peerArguments)];
    return [
      { argv: ["ip", "link", "add", TUNNEL_DEVICE, "type", "wireguard"] },
      { argv: ["install", "-m", "600", "/dev/stdin", KEY_FILE], stdin: keysOf(self).privateKey },
      { argv: ["wg", "set", TUNNEL_DEVICE, ...options] },
      enableTunnel(mtu),
    ];
  },
});

function tunnelPlugin(name: string, tunnel: Tunnel): BarePlugin {
  const { linkType, encapsulation, headerBytes, tools } = tunnel;
  const config = (context: RecipeContext): string =>
    bridge.bare.config({ ...context, underlayMtu: context.underlayMtu - headerBytes });
  const connect = (self: NodeFacts, peers: readonly NodeFacts[], underlayMtu: number): readonly NodeCommand[] => [
    ...tunnel.setupCommands({ self, peers, mtu: underlayMtu - headerBytes }),
    // `onlink`, because the tunnel has no addresses that show the kernel where a peer is.
    ...peers.map(({ ip, podCidr }) => ({
      argv: [
        ...["ip", "route", "add", podCidr],
        ...(linkType === "ipip" ? ["via", ip, "onlink"] : []),
        ...["dev", TUNNEL_DEVICE],
      ],
    })),
  ];
  return {
    name,
    summary: `${bridge.name} with ${encapsulation} tunnels between nodes`,
    encapsulation,
    bare: { ...bridge.bare, linkTypes: [linkType], families: ["ipv4"], tools, config, connect },
  };
}

function enableTunnel(mtu: number): NodeCommand {
  return { argv: ["ip", "link", "set", TUNNEL_DEVICE, "mtu", String(mtu), "up"] };
}

function peerArguments({ ip, podCidr, name }: NodeFacts): string[] {
  return ["peer", keysOf({ name }).publicKey, "allowed-ips", podCidr, "endpoint", `${ip}:${WIREGUARD_PORT}`];
}

/** Derives the keys from the node name, so that nodes can compute the keys of their peers. Nodes are short-lived. */
function keysOf({ name }: Pick<NodeFacts, "name">): { readonly privateKey: string; readonly publicKey: string } {
  const seed = createHash("sha256").update(`cnibench ${name}`).digest();
  // PKCS #8 of an X25519 key (RFC 8410, section 7): a fixed head, then the 32 bytes.
  const head = Buffer.from("302e020100300506032b656e04220420", "hex");
  const key = createPublicKey(createPrivateKey({ key: Buffer.concat([head, seed]), format: "der", type: "pkcs8" }));
  return {
    privateKey: `${seed.toString("base64")}\n`,
    publicKey: key.export({ format: "der", type: "spki" }).subarray(-32).toString("base64"),
  };
}
