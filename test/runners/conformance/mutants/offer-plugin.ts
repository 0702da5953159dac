/** RO: what a runtime offers to the containers of any network: ports of the node, and rates. It keeps no files. */
import { isIP } from "node:net";
import { isList, isObject, type JsonObject, type JsonValue } from "../../../../cni/json.ts";
import type { CniResult } from "../../../../cni/types.ts";
import { script } from "./command.ts";
import { hash } from "./interface-plugin.ts";
import { MAP, MAPPED, SHAPE, SHAPED, UNMAP, UNSHAPE } from "./offer-scripts.ts";
import { isV4 } from "./pool.ts";
import { Plugin, Refusal, prevResultOf, textOf, validOf, wholeOf, type Request } from "./protocol.ts";

export interface Port {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: string;
  /** "" for every address of the node. */
  readonly hostIP: string;
}

/** Bits per second; 0: no limit. Bursts in bits. */
export interface Rates {
  readonly ingressRate: number;
  readonly ingressBurst: number;
  readonly egressRate: number;
  readonly egressBurst: number;
}

export interface Offers {
  readonly ports: readonly Port[];
  readonly rates: Rates;
}

/** While others make links, a list of the kernel's may lack some. */
const READINGS = 3;

export class OfferPlugin extends Plugin {
  offersOf({ config }: Request): Offers {
    const { portMappings = [], bandwidth = {} } = isObject(config.runtimeConfig) ? config.runtimeConfig : {};
    if (!isList(portMappings) || !isObject(bandwidth))
      throw new Refusal(7, "portMappings is no list, or bandwidth is no object");
    return { ports: portMappings.map(portFrom), rates: ratesFrom(bandwidth) };
  }

  /** Begins with what all attachments of the network have in common. */
  tagOf({ network, id, ifName }: Pick<Request, "network" | "id" | "ifName">): string {
    return `${this.prefixOf(network)}${hash(`${id} ${ifName}`).slice(0, 8)}`;
  }

  prefixOf(network: string): string {
    return `ro${hash(network).slice(0, 4)}`;
  }

  async add(request: Request): Promise<CniResult> {
    const prev = prevResultOf(request);
    if (prev === null) throw new Refusal(7, "a chained plugin needs prevResult");
    const { ports, rates } = this.offersOf(request);
    await this.undo(request);
    try {
      await script(request.shell, MAP, ...this.rulesOf(request, prev, ports));
      const ifb = await this.shape(request, rates);
      return ifb === null ? prev : { ...prev, interfaces: [...prev.interfaces, ifb] };
    } catch (error) {
      await this.undo(request);
      throw error;
    }
  }

  /** Each mapping for each address of its family, and the way of a container to itself, which only another source address opens. */
  rulesOf(request: Request, { ips, interfaces }: CniResult, ports: readonly Port[]): readonly string[] {
    const own = ips.filter(({ interface: index }) => index === undefined || interfaces[index]?.name === request.ifName);
    return own.flatMap(({ address }) => {
      const ip = address.split("/")[0] ?? "";
      const [program, target] = isV4(ip) ? ["iptables", ip] : ["ip6tables", `[${ip}]`];
      return ports
        .filter(({ hostIP }) => hostIP === "" || isV4(hostIP) === isV4(ip))
        .flatMap(({ hostPort, containerPort, protocol, hostIP }) => {
          const comment = `-m comment --comment ${this.tagOf(request)}`;
          return [
            `${program} CNI-RO${hostIP && ` -d ${hostIP}`} -p ${protocol} --dport ${hostPort} ${comment} -j DNAT --to-destination ${target}:${containerPort}`,
            `${program} POSTROUTING -s ${ip} -d ${ip} -p ${protocol} --dport ${containerPort} ${comment} -j MASQUERADE`,
          ];
        });
    });
  }

  /** The ifb, where there is one. */
  async shape(
    request: Request,
    { ingressRate, ingressBurst, egressRate, egressBurst }: Rates,
  ): Promise<CniResult["interfaces"][number] | null> {
    if (ingressRate === 0 && egressRate === 0) return null;
    const tag = this.tagOf(request);
    const values = [ingressRate, Math.floor(ingressBurst / 8), egressRate, Math.floor(egressBurst / 8)].map(String);
    const [mac] = await script(request.shell, SHAPE, tag, request.netns, request.ifName, ...values);
    return mac === undefined ? null : { name: tag, mac };
  }

  async undo(request: Request): Promise<void> {
    await this.remove(request, this.tagOf(request));
  }

  /** Of all attachments whose tags begin so, but for some. */
  async remove({ shell }: Request, beginning: string, valid: readonly string[] = []): Promise<void> {
    await script(shell, UNMAP, beginning, ...valid);
    await script(shell, UNSHAPE, beginning, ...valid);
  }

  async del(request: Request): Promise<void> {
    await this.undo(request);
  }

  async check(request: Request): Promise<void> {
    const prev = prevResultOf(request);
    if (prev === null) throw new Refusal(7, "CHECK needs prevResult");
    const { ports, rates } = this.offersOf(request);
    await script(request.shell, MAPPED, ...this.rulesOf(request, prev, ports));
    await this.checkRates(request, rates);
  }

  async checkRates(request: Request, { ingressRate, egressRate }: Rates): Promise<void> {
    if (ingressRate === 0 && egressRate === 0) return;
    for (let readings = 0; readings < READINGS; readings++) {
      const [ingress = "", egress = "", redirected] = await script(
        request.shell,
        SHAPED,
        this.tagOf(request),
        request.netns,
        request.ifName,
      ).catch(() => []);
      // tc says bytes per second.
      const limits = (line: string, rate: number): boolean =>
        rate === 0 || line.includes(`"rate":${Math.floor(rate / 8)},`);
      if (limits(ingress, ingressRate) && limits(egress, egressRate) && (egressRate === 0 || redirected !== undefined))
        return;
    }
    throw new Refusal(130, "the shaping is not as it was made");
  }

  async gc(request: Request): Promise<void> {
    const valid = validOf(request).map(({ containerID, ifName }) =>
      this.tagOf({ network: request.network, id: containerID, ifName }),
    );
    await this.remove(request, this.prefixOf(request.network), valid);
  }

  async status(): Promise<void> {
    // It depends on nothing.
  }
}

function portFrom(value: JsonValue): Port {
  const { hostPort, containerPort, protocol, hostIP } = isObject(value) ? value : {};
  if (!isPort(hostPort) || !isPort(containerPort)) throw new Refusal(7, "a port of portMappings is none");
  const name = textOf(protocol).toLowerCase() || "tcp";
  if (name !== "tcp" && name !== "udp") throw new Refusal(7, `the protocol "${name}" has no ports`);
  const address = textOf(hostIP);
  if (address !== "" && isIP(address) === 0) throw new Refusal(7, "a hostIP of portMappings is none");
  return { hostPort, containerPort, protocol: name, hostIP: address };
}

function isPort(value: JsonValue | undefined): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65536;
}

function ratesFrom(bandwidth: JsonObject): Rates {
  const [ingressRate, ingressBurst, egressRate, egressBurst] = [
    "ingressRate",
    "ingressBurst",
    "egressRate",
    "egressBurst",
  ].map((name) => wholeOf(bandwidth[name])) as [number, number, number, number];
  if (ingressRate > 0 !== ingressBurst > 0 || egressRate > 0 !== egressBurst > 0)
    throw new Refusal(7, "bandwidth needs a burst with each rate");
  return { ingressRate, ingressBurst, egressRate, egressBurst };
}
