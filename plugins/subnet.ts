/** The parts of a node's /24 pod range that recipes write into configurations. */
export interface Subnet {
  /** `10.244.1.0` */
  readonly address: string;
  /** `10.244.1.` */
  readonly prefix: string;
  /** The first host: `10.244.1.1` */
  readonly gateway: string;
}

/** @throws RangeError when the range is no IPv4 /24 on an octet boundary. */
export function subnetOf(cidr: string): Subnet {
  const match = /^(\d{1,3}\.\d{1,3}\.\d{1,3}\.)0\/24$/.exec(cidr);
  if (match?.[1] === undefined) throw new RangeError(`a node's pod range must be an IPv4 /24, not ${cidr}`);
  return { address: `${match[1]}0`, prefix: match[1], gateway: `${match[1]}1` };
}
