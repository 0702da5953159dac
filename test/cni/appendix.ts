/**
 * The example in the appendix of the specification (1.1.0): network `dbnet` with bridge, tuning and portmap.
 * The configuration in section 1 has routes in its ipam section. The requests in the appendix omit them, although the
 * runtime must not change them, so the configuration here has no routes.
 */
const bridge = {
  type: "bridge",
  bridge: "cni0",
  keyA: ["some more", "plugin specific", "configuration"],
  ipam: { type: "host-local", subnet: "10.1.0.0/16", gateway: "10.1.0.1" },
  dns: { nameservers: ["10.1.0.1"] },
};
const tuning = { type: "tuning", sysctl: { "net.core.somaxconn": "500" } };
const portmap = { type: "portmap" };

export const CONFIG = {
  cniVersion: "1.1.0",
  cniVersions: ["0.3.1", "0.4.0", "1.0.0", "1.1.0"],
  name: "dbnet",
  plugins: [bridge, { ...tuning, capabilities: { mac: true } }, { ...portmap, capabilities: { portMappings: true } }],
};

export const CAPABILITY_ARGS = {
  mac: "00:11:22:33:44:66",
  portMappings: [{ hostPort: 8080, containerPort: 80, protocol: "tcp" }],
};

function result(mac: string) {
  return {
    ips: [{ address: "10.1.0.5/16", gateway: "10.1.0.1", interface: 2 }],
    routes: [{ dst: "0.0.0.0/0" }],
    interfaces: [
      { name: "cni0", mac: "00:11:22:33:44:55" },
      { name: "veth3243", mac: "55:44:33:22:11:11" },
      { name: "eth0", mac, sandbox: "/var/run/netns/blue" },
    ],
    dns: { nameservers: ["10.1.0.1"] },
  };
}
/** The result of bridge, and the results of tuning and portmap after it. */
export const RESULTS = {
  bridge: result("99:88:77:66:55:44"),
  tuning: result("00:11:22:33:44:66"),
  portmap: result("00:11:22:33:44:66"),
};

const head = { cniVersion: "1.1.0", name: "dbnet" };
const withMac = { ...head, ...tuning, runtimeConfig: { mac: CAPABILITY_ARGS.mac } };
const withPorts = { ...head, ...portmap, runtimeConfig: { portMappings: CAPABILITY_ARGS.portMappings } };

/** All requests in order. */
export const REQUESTS = {
  ADD: [
    { ...head, ...bridge },
    { ...withMac, prevResult: RESULTS.bridge },
    { ...withPorts, prevResult: RESULTS.tuning },
  ],
  CHECK: [
    { ...head, ...bridge, prevResult: RESULTS.portmap },
    { ...withMac, prevResult: RESULTS.portmap },
    { ...withPorts, prevResult: RESULTS.portmap },
  ],
  DEL: [
    { ...withPorts, prevResult: RESULTS.portmap },
    { ...withMac, prevResult: RESULTS.portmap },
    { ...head, ...bridge, prevResult: RESULTS.portmap },
  ],
};
