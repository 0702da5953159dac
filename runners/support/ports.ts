/**
 * Ports of the load servers. All are in Kubernetes' node port range (30000 to 32767), so a server has the same port
 * number on its pod, on a service and on a node: the netperf server sends the number of its data port to the client.
 */
export const LOAD_PORTS = { iperf3: 30201, netperfControl: 30865, netperfData: 30866 } as const;
