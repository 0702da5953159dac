/** RI: a veth pair on a bridge with the gateway's address, and an optional IPAM plugin. */
import { createHash } from "node:crypto";
import { isObject, type JsonObject } from "../../../cni/lossless-json.ts";
import type { CniDns, CniInterface, CniIp, CniResult, CniRoute } from "../../../cni/types.ts";
import { LATEST_VERSION } from "../../../cni/spec-versions.ts";
import { wrapShell } from "../../../core/shell.ts";
import type { Shell } from "../../../core/shell.ts";
import { readFullState, type FullNetState } from "../../../conformance/node/net-state.ts";
import { runScript } from "./script.ts";
import { checkContainer, checkNode, type AttachmentState } from "./interface-check.ts";
import {
  REMOVE_STALE_LINKS,
  ENABLE_FORWARDING,
  SHOW_LINKS,
  CREATE_LINKS,
  PROBE_TARGET,
  RUN_IP_COMMANDS,
} from "./interface-scripts.ts";
import { checkPins, isPinned, pin, unpin } from "./pins.ts";
import { addMasquerade, checkMasquerade, collectMasquerade, removeMasquerade } from "./masquerade.ts";
import { isIpv4 } from "./address-range.ts";
import { Plugin, PluginError, prevResultOf, stringOf, validAttachmentsOf, type Request } from "./protocol.ts";
import { delegate, ipamResult } from "./delegation.ts";

const EMPTY_RESULT: CniResult = { cniVersion: LATEST_VERSION, interfaces: [], ips: [], routes: [], dns: {} };

export class InterfacePlugin extends Plugin {
  bridgeOf({ config }: Request): string {
    return stringOf(config.bridge) || "ri0";
  }

  /** The node's end of the link. Its name is derived from network and attachment, so it need not be stored. */
  hostLinkName({ network, id, ifName }: Pick<Request, "network" | "id" | "ifName">): string {
    return `${this.hostLinkPrefix(network)}${sha1Hex(`${id} ${ifName}`).slice(0, 8)}`;
  }

  hostLinkPrefix(network: string): string {
    return `ri${sha1Hex(network).slice(0, 4)}`;
  }

  /** A shell in the namespace of the container. */
  containerShell({ shell, netns }: Request): Shell {
    return wrapShell(shell, "container", ["nsenter", `--net=${netns}`, "--"]);
  }

  async add(request: Request): Promise<CniResult> {
    const mac = this.requestedMac(request);
    const prev = prevResultOf(request) ?? EMPTY_RESULT;
    await this.checkTarget(request);
    const lease = await this.allocate(request);
    try {
      const links = await this.createLinks(request, lease, mac);
      const routes = await this.configure(request, lease);
      await this.enableForwarding(request, lease);
      if (this.usesMasquerade(request)) await this.addMasquerade(request, lease);
      if (isPinned(request)) await pin(request, this.bridgeOf(request), links, lease.ips);
      return this.resultOf(request, prev, links, { ...lease, routes });
    } catch (error) {
      await this.rollBack(request);
      throw error;
    }
  }

  /** The MAC address that the runtime requests, or "". @throws PluginError if it is invalid */
  requestedMac({ config, env }: Request): string {
    const runtime = isObject(config.runtimeConfig) ? stringOf(config.runtimeConfig.mac) : "";
    const mac = runtime || /(?:^|;)MAC=([^;]*)/.exec(env.CNI_ARGS ?? "")?.[1] || "";
    if (mac !== "" && !/^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i.test(mac))
      throw new PluginError(7, `invalid MAC address "${mac}"`);
    return mac;
  }

  /** Validates namespace and interface name before anything is created or reserved. @throws PluginError */
  async checkTarget(request: Request): Promise<void> {
    const { stdout } = await request.shell.exec([
      "sh",
      "-c",
      PROBE_TARGET,
      "sh",
      request.netns,
      request.ifName,
      this.hostLinkName(request),
    ]);
    if (stdout.includes("netns")) throw new PluginError(108, "CNI_NETNS is not the namespace of a container");
    if (stdout.includes("taken")) throw new PluginError(109, `the interface ${request.ifName} already exists`);
  }

  /** Returns the result of the IPAM plugin, or an empty one if none is configured. @throws PluginError */
  async allocate(request: Request): Promise<CniResult> {
    if (!this.delegates(request)) return EMPTY_RESULT;
    try {
      return ipamResult(await delegate(request, "ADD"));
    } catch (error) {
      await this.release(request);
      throw error;
    }
  }

  delegates({ config }: Request): boolean {
    return isObject(config.ipam) && stringOf(config.ipam.type) !== "";
  }

  /** Runs DEL of the IPAM plugin after a failure. Its errors are ignored in favor of the first failure. */
  async release(request: Request): Promise<void> {
    if (this.delegates(request)) await delegate(request, "DEL").catch(() => "");
  }

  async rollBack(request: Request): Promise<void> {
    await this.removeLink(request);
    await this.removeMasquerade(request);
    await this.release(request);
  }

  async createLinks(request: Request, { ips }: CniResult, mac: string): Promise<readonly CniInterface[]> {
    const bridge = this.bridgeOf(request);
    const host = this.hostLinkName(request);
    const gateways = this.gatewaysOf(ips);
    await runScript(
      request.shell,
      CREATE_LINKS,
      bridge,
      macFor(bridge),
      host,
      request.ifName,
      request.netns,
      String(mtuOf(request)),
      mac || this.macOf(ips),
      ...gateways,
    );
    return this.linksOf(request, bridge, host);
  }

  /** Derived from the address, so that neighbors which know it reach its next container too; "" for any. */
  macOf([ip]: readonly CniIp[]): string {
    return ip === undefined ? "" : macFor(ip.address);
  }

  /** The addresses of the gateways, with the prefix lengths of the assigned addresses. */
  gatewaysOf(ips: readonly CniIp[]): readonly string[] {
    return [
      ...new Set(
        ips.flatMap(({ address, gateway }) =>
          gateway === undefined ? [] : [`${gateway}/${address.split("/")[1] ?? ""}`],
        ),
      ),
    ];
  }

  /** Reads the links from the kernel for the result. */
  async linksOf(request: Request, bridge: string, host: string): Promise<readonly CniInterface[]> {
    const lines = await runScript(request.shell, SHOW_LINKS, bridge, host, request.netns, request.ifName);
    if (lines.length !== 3) throw new PluginError(110, "a created link is missing");
    return lines.map((line, i) => {
      const [name = "", mac = "", mtu = ""] = line.split(" ");
      return { name, mac, mtu: Number(mtu), ...(i === 2 ? { sandbox: request.netns } : {}) };
    });
  }

  /** Sets addresses and routes of the container. @returns the routes that did not exist before */
  async configure(request: Request, { ips, routes, ...rest }: CniResult): Promise<readonly CniRoute[]> {
    const all = this.routesOf({ ips, routes, ...rest });
    const addresses = ips.map((ip) => this.addressLine(ip, request));
    const lines = [
      ...addresses,
      `link set dev ${request.ifName} up`,
      ...all.map((route) => routeLine(route, request.ifName)),
    ];
    const done = (await runScript(this.containerShell(request), RUN_IP_COMMANDS, ...lines)).map(Number);
    return all.filter((_, i) => done.includes(i + addresses.length + 1));
  }

  /** Without duplicate address detection, an address is usable when ADD returns. */
  addressLine({ address }: CniIp, { ifName }: Request): string {
    return `addr add ${address} dev ${ifName}${isIpv4(address) ? "" : " nodad"}`;
  }

  /** Routes without a next hop use the gateway of their IP family. */
  routesOf({ ips, routes }: CniResult): readonly CniRoute[] {
    return routes.map((route) => {
      const gateway = ips.find(
        ({ address, gateway: hop }) => hop !== undefined && isIpv4(address) === isIpv4(route.dst),
      )?.gateway;
      return route.gw !== undefined || gateway === undefined ? route : { ...route, gw: gateway };
    });
  }

  async enableForwarding(request: Request, { ips }: CniResult): Promise<void> {
    if (ips.length > 0)
      await runScript(request.shell, ENABLE_FORWARDING, ...(ips.some(({ address }) => !isIpv4(address)) ? ["v6"] : []));
  }

  usesMasquerade({ config }: Request): boolean {
    return config.ipMasq === true;
  }

  async addMasquerade(request: Request, { ips }: CniResult): Promise<void> {
    await addMasquerade(request.shell, this.hostLinkName(request), ips);
  }

  async removeMasquerade(request: Request): Promise<void> {
    if (this.usesMasquerade(request)) await removeMasquerade(request.shell, this.hostLinkName(request));
  }

  resultOf(
    request: Request,
    prev: CniResult,
    links: readonly CniInterface[],
    { ips, routes, dns }: CniResult,
  ): CniResult {
    const index = prev.interfaces.length + links.length - 1;
    return {
      cniVersion: LATEST_VERSION,
      interfaces: [...prev.interfaces, ...links],
      ips: [...prev.ips, ...ips.map((ip) => ({ ...ip, interface: index }))],
      routes: [...prev.routes, ...routes],
      dns: { ...prev.dns, ...dns, ...dnsOf(request.config) },
    };
  }

  async removeLink(request: Request): Promise<void> {
    await request.shell.exec([
      "sh",
      "-c",
      `ip link delete dev "$1" 2>/dev/null; true`,
      "sh",
      this.hostLinkName(request),
    ]);
  }

  /** Removes its own objects first, so that none remain if the IPAM plugin fails. */
  async del(request: Request): Promise<void> {
    if (isPinned(request)) await unpin(request, this.bridgeOf(request));
    await this.removeLink(request);
    await this.removeMasquerade(request);
    if (this.delegates(request)) await delegate(request, "DEL");
  }

  async check(request: Request): Promise<void> {
    const prev = prevResultOf(request);
    if (prev === null) throw new PluginError(7, "CHECK requires prevResult");
    if (this.delegates(request)) await delegate(request, "CHECK");
    const attached = await this.inspect(request, prev);
    this.checkContainer(attached);
    this.checkNode(attached);
    await this.checkMasquerade(request, prev);
    if (isPinned(request)) await checkPins(request, attached);
  }

  /** Addresses of other interfaces in prevResult are not masqueraded by this plugin. */
  async checkMasquerade(request: Request, { ips, interfaces }: CniResult): Promise<void> {
    const own = ips.filter(({ interface: index }) => index === undefined || interfaces[index]?.name === request.ifName);
    if (this.usesMasquerade(request)) await checkMasquerade(request.shell, this.hostLinkName(request), own);
  }

  async inspect(request: Request, prev: CniResult): Promise<AttachmentState> {
    const container: FullNetState = await readFullState(this.containerShell(request)).catch(() => {
      throw new PluginError(108, "CNI_NETNS is not the namespace of a container");
    });
    const node = await readFullState(request.shell);
    const [forwards = ""] = await runScript(request.shell, "cat /proc/sys/net/ipv4/ip_forward");
    return {
      prev,
      container,
      node,
      ifName: request.ifName,
      netns: request.netns,
      host: this.hostLinkName(request),
      bridge: this.bridgeOf(request),
      forwards: forwards === "1",
    };
  }

  checkContainer(attached: AttachmentState): void {
    checkContainer(attached);
  }

  checkNode(attached: AttachmentState): void {
    checkNode(attached);
  }

  async gc(request: Request): Promise<void> {
    const valid = validAttachmentsOf(request).map(({ containerID, ifName }) =>
      this.hostLinkName({ network: request.network, id: containerID, ifName }),
    );
    await runScript(request.shell, REMOVE_STALE_LINKS, this.hostLinkPrefix(request.network), ...valid);
    if (this.usesMasquerade(request))
      await collectMasquerade(request.shell, this.hostLinkPrefix(request.network), valid);
    if (this.delegates(request)) await delegate(request, "GC");
  }

  async status(request: Request): Promise<void> {
    if (this.delegates(request)) await delegate(request, "STATUS");
  }
}

export function sha1Hex(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}

/** A locally administered MAC address, the same for each use of a name. */
function macFor(name: string): string {
  return `02:${sha1Hex(name)
    .slice(0, 10)
    .replace(/..(?=.)/g, "$&:")}`;
}

function mtuOf({ config }: Request): number {
  return typeof config.mtu === "number" ? config.mtu : 1500;
}

function dnsOf({ dns }: JsonObject): CniDns {
  return isObject(dns) ? dns : {};
}

/** Arguments of `ip` that add the route. */
export function routeLine({ dst, gw, mtu, advmss, priority, table, scope }: CniRoute, ifName: string): string {
  const options = Object.entries({ via: gw, dev: ifName, mtu, advmss, metric: priority, table, scope });
  return `route add ${dst}${options.map(([name, value]) => (value === undefined ? "" : ` ${name} ${value}`)).join("")}`;
}
