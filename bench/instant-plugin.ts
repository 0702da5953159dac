/** A network with a single plugin that only returns a fixed result, for benchmarks of cnibench's own overhead. */
import { parseNetworkConfig } from "../cni/index.ts";

export const INSTANT_NETWORK = parseNetworkConfig(
  '{"cniVersion":"1.0.0","name":"bench","plugins":[{"type":"instant"}]}',
  "bench",
);

/** The result of ADD, as JSON. */
export const ADD_RESULT = JSON.stringify({
  cniVersion: "1.0.0",
  interfaces: [{ name: "eth0", mac: "0a:00:00:00:00:01", sandbox: "/run/netns/x" }],
  ips: [],
});
