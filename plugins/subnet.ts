/** The parts of a node's IPv4 pod range that recipes write into configurations. */
export interface Subnet {
  /** `10.244.1.0` */
  readonly address: string;
  /** The first host, which is the gateway where there is one: `10.244.1.1` */
  readonly firstHost: string;
  /** The last host: `10.244.1.254` */
  readonly lastHost: string;
}

/** @throws RangeError when the range is no /16 to /24 that begins where such a range can. */
export function subnetOf(cidr: string): Subnet {
  const [, network = "", octet = "", length = ""] =
    /^(\d{1,3}\.\d{1,3})\.(\d{1,3})\.0\/(1[6-9]|2[0-4])$/.exec(cidr) ?? [];
  const [third, size] = [Number(octet), 2 ** (24 - Number(length))];
  if (network === "" || third % size !== 0)
    throw new RangeError(`a node's pod range must be an IPv4 range from a /16 to a /24, not ${cidr}`);
  return {
    address: `${network}.${third}.0`,
    firstHost: `${network}.${third}.1`,
    lastHost: `${network}.${third + size - 1}.254`,
  };
}
