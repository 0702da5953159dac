/** The parts of a node's IPv4 pod range that recipes write into configurations. */
export interface Subnet {
  /** Network address: `10.244.1.0`. */
  readonly address: string;
  /** First host, also the gateway if there is one: `10.244.1.1`. */
  readonly firstHost: string;
  /** Last host: `10.244.1.254`. */
  readonly lastHost: string;
}

/**
 * Parses a pod range.
 * @throws RangeError if it is not an aligned IPv4 range from /16 to /24
 */
export function subnetOf(cidr: string): Subnet {
  const [, network = "", octet = "", length = ""] =
    /^(\d{1,3}\.\d{1,3})\.(\d{1,3})\.0\/(1[6-9]|2[0-4])$/.exec(cidr) ?? [];
  const [thirdOctet, size] = [Number(octet), 2 ** (24 - Number(length))];
  if (network === "" || thirdOctet % size !== 0)
    throw new RangeError(`invalid pod range of a node: ${cidr}; use an IPv4 range from /16 to /24`);
  return {
    address: `${network}.${thirdOctet}.0`,
    firstHost: `${network}.${thirdOctet}.1`,
    lastHost: `${network}.${thirdOctet + size - 1}.254`,
  };
}
