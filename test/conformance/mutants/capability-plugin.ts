/** RO: a chained plugin for portMappings and bandwidth. It stores no files. */
import { isIP } from "node:net";
import { isList, isObject, type JsonObject, type JsonValue } from "../../../cni/lossless-json.ts";
import type { CniResult } from "../../../cni/types.ts";
import { runScript } from "./script.ts";
import { sha1Hex } from "./interface-plugin.ts";
import {
  ADD_RULES,
  CHECK_RULES,
  ADD_SHAPING,
  SHOW_SHAPING,
  REMOVE_RULES,
  REMOVE_SHAPING,
} from "./capability-scripts.ts";
import { isIpv4 } from "./address-range.ts";
import { forgetUdpFlows } from "./udp-flows.ts";
import {
  Plugin,
  PluginError,
  prevResultOf,
  stringOf,
  validAttachmentsOf,
  integerOf,
  type Request,
} from "./protocol.ts";

export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: string;
  /** "": every address of the node. */
  readonly hostIP: string;
}

/** Bits per second; 0: no limit. Bursts in bits. */
export interface Rates {
  readonly ingressRate: number;
  readonly ingressBurst: number;
  readonly egressRate: number;
  readonly egressBurst: number;
}

export interface CapabilityArgs {
  readonly portMappings: readonly PortMapping[];
  readonly rates: Rates;
}

/** Lists of the kernel may be incomplete while other processes create links. */
const MAX_READ_ATTEMPTS = 3;

export class CapabilityPlugin extends Plugin {
  capabilityArgsOf({ config }: Request): CapabilityArgs {
    const { portMappings = [], bandwidth = {} } = isObject(config.runtimeConfig) ? config.runtimeConfig : {};
    if (!isList(portMappings) || !isObject(bandwidth))
      throw new PluginError(7, "portMappings must be a list, and bandwidth an object");
    return { portMappings: portMappings.map(portFrom), rates: ratesFrom(bandwidth) };
  }

  /** Identifies an attachment; begins with a prefix that all attachments of the network share. */
  tagOf({ network, id, ifName }: Pick<Request, "network" | "id" | "ifName">): string {
    return `${this.prefixOf(network)}${sha1Hex(`${id} ${ifName}`).slice(0, 8)}`;
  }

  prefixOf(network: string): string {
    return `ro${sha1Hex(network).slice(0, 4)}`;
  }

  async add(request: Request): Promise<CniResult> {
    const prev = prevResultOf(request);
    if (prev === null) throw new PluginError(7, "a chained plugin requires prevResult");
    const { portMappings: ports, rates } = this.capabilityArgsOf(request);
    await this.removeOwn(request);
    try {
      await runScript(request.shell, ADD_RULES, ...this.rulesOf(request, prev, ports));
      await this.forgetFlows(request, ports);
      const ifb = await this.shape(request, rates);
      return ifb === null ? prev : { ...prev, interfaces: [...prev.interfaces, ifb] };
    } catch (error) {
      await this.removeOwn(request);
      throw error;
    }
  }

  /** Connections that began before the mapping would never use it. */
  async forgetFlows({ shell }: Request, ports: readonly PortMapping[]): Promise<void> {
    const udp = ports.filter(({ protocol }) => protocol === "udp");
    await forgetUdpFlows(
      shell,
      udp.map(({ hostPort }) => hostPort),
    );
  }

  /**
   * DNAT rules for each mapping and address of the same IP family. A connection of a container to itself also requires
   * another source address.
   */
  rulesOf(request: Request, { ips, interfaces }: CniResult, ports: readonly PortMapping[]): readonly string[] {
    const own = ips.filter(({ interface: index }) => index === undefined || interfaces[index]?.name === request.ifName);
    return own.flatMap(({ address }) => {
      const ip = address.split("/")[0] ?? "";
      const [program, target] = isIpv4(ip) ? ["iptables", ip] : ["ip6tables", `[${ip}]`];
      return ports
        .filter(({ hostIP }) => hostIP === "" || isIpv4(hostIP) === isIpv4(ip))
        .flatMap(({ hostPort, containerPort, protocol, hostIP }) => {
          const comment = `-m comment --comment ${this.tagOf(request)}`;
          const hostPorts = `${hostIP && `-d ${hostIP} `}-p ${protocol} --dport ${hostPort}`;
          const ownPorts = `-s ${ip} -d ${ip} -p ${protocol} --dport ${containerPort}`;
          return [
            `${program} CNI-RO ${hostPorts} ${comment} -j DNAT --to-destination ${target}:${containerPort}`,
            `${program} POSTROUTING ${ownPorts} ${comment} -j MASQUERADE`,
          ];
        });
    });
  }

  /** @returns the ifb, if there is one */
  async shape(
    request: Request,
    { ingressRate, ingressBurst, egressRate, egressBurst }: Rates,
  ): Promise<CniResult["interfaces"][number] | null> {
    if (ingressRate === 0 && egressRate === 0) return null;
    const tag = this.tagOf(request);
    const values = [ingressRate, Math.floor(ingressBurst / 8), egressRate, Math.floor(egressBurst / 8)].map(String);
    const [mac] = await runScript(request.shell, ADD_SHAPING, tag, request.netns, request.ifName, ...values);
    return mac === undefined ? null : { name: tag, mac };
  }

  async removeOwn(request: Request): Promise<void> {
    await this.remove(request, this.tagOf(request));
  }

  /** Removes the rules and limits of all attachments with the tag prefix, except those with a valid tag. */
  async remove({ shell }: Request, prefix: string, valid: readonly string[] = []): Promise<void> {
    await runScript(shell, REMOVE_RULES, prefix, ...valid);
    await runScript(shell, REMOVE_SHAPING, prefix, ...valid);
  }

  async del(request: Request): Promise<void> {
    await this.removeOwn(request);
  }

  async check(request: Request): Promise<void> {
    const prev = prevResultOf(request);
    if (prev === null) throw new PluginError(7, "CHECK requires prevResult");
    const { portMappings: ports, rates } = this.capabilityArgsOf(request);
    await runScript(request.shell, CHECK_RULES, ...this.rulesOf(request, prev, ports));
    await this.checkRates(request, rates);
  }

  async checkRates(request: Request, { ingressRate, ingressBurst, egressRate, egressBurst }: Rates): Promise<void> {
    if (ingressRate === 0 && egressRate === 0) return;
    for (let readings = 0; readings < MAX_READ_ATTEMPTS; readings++) {
      const [ingress = "", egress = "", redirected] = await runScript(
        request.shell,
        SHOW_SHAPING,
        this.tagOf(request),
        request.netns,
        request.ifName,
      ).catch(() => []);
      // tc prints bytes per second.
      const limits = (line: string, rate: number, burst: number): boolean =>
        rate === 0 || (line.includes(`"rate":${Math.floor(rate / 8)},`) && this.hasBurst(line, Math.floor(burst / 8)));
      const isIntact = egressRate === 0 || this.isRedirected(redirected);
      if (limits(ingress, ingressRate, ingressBurst) && limits(egress, egressRate, egressBurst) && isIntact) return;
    }
    throw new PluginError(130, "the traffic shaping was changed");
  }

  /** The kernel rounds a burst to the resolution of its clock. */
  hasBurst(line: string, bytes: number): boolean {
    return Math.abs(Number(/"burst":(\d+)/.exec(line)?.[1]) - bytes) <= bytes / 10;
  }

  isRedirected(line: string | undefined): boolean {
    return line !== undefined;
  }

  async gc(request: Request): Promise<void> {
    const valid = validAttachmentsOf(request).map(({ containerID, ifName }) =>
      this.tagOf({ network: request.network, id: containerID, ifName }),
    );
    await this.remove(request, this.prefixOf(request.network), valid);
  }

  async status(): Promise<void> {
    // RO has no dependencies.
  }
}

function portFrom(value: JsonValue): PortMapping {
  const { hostPort, containerPort, protocol, hostIP } = isObject(value) ? value : {};
  if (!isPort(hostPort) || !isPort(containerPort)) throw new PluginError(7, "invalid port in portMappings");
  const name = stringOf(protocol).toLowerCase() || "tcp";
  if (name !== "tcp" && name !== "udp") throw new PluginError(7, `unsupported protocol "${name}" in portMappings`);
  const address = stringOf(hostIP);
  if (address !== "" && isIP(address) === 0) throw new PluginError(7, "invalid hostIP in portMappings");
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
  ].map((name) => integerOf(bandwidth[name])) as [number, number, number, number];
  if (ingressRate > 0 !== ingressBurst > 0 || egressRate > 0 !== egressBurst > 0)
    throw new PluginError(7, "bandwidth requires a burst for each rate");
  return { ingressRate, ingressBurst, egressRate, egressBurst };
}
