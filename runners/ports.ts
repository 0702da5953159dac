/**
 * Ports of the load servers. They lie in Kubernetes' range of node ports (30000 to 32767), so that a server is reached at
 * the same number at its pod, at a service and at a node: netperf tells its client the number at which it listens.
 */
export const LOAD_PORTS = { iperf3: 30201, netperfControl: 30865, netperfData: 30866 } as const;
