/** RP: assigns addresses from ranges. A lease is a file, named by the address, with container and interface. */
import { isList, isObject, type JsonObject } from "../../../cni/lossless-json.ts";
import type { CniDns, CniIp, CniResult, CniRoute } from "../../../cni/types.ts";
import { LATEST_VERSION, atLeast } from "../../../cni/spec-versions.ts";
import { Plugin, PluginError, prevResultOf, stringOf, validAttachmentsOf, type Request } from "./protocol.ts";
import { isIpv4, parseRange, type AddressRange } from "./address-range.ts";

export interface Lease {
  readonly address: string;
  readonly owner: string;
}

const LIST_LEASES = `cd "$1" 2>/dev/null || exit 0
for f in *; do [ -f "$f" ] && read -r owner <"$f" && echo "$f $owner"; done; true`;

/** DIR OWNER ADDRESS...: reserves the first free address. Two processes cannot create the same file. */
const RESERVE_FIRST_FREE = `dir=$1 owner=$2; shift 2
mkdir -p "$dir"; set -C
for ip; do { echo "$owner" >"$dir/$ip"; } 2>/dev/null && echo "$ip" && exit; done; exit 1`;

const REMOVE_LEASES = `cd "$1" || exit 0; shift; for f; do rm -f -- "$f" || bad=1; done 2>/dev/null; exit \${bad:-0}`;

/** Candidates for one reservation; must exceed the number of concurrent ADDs. */
const MAX_CANDIDATES = 64;

export class IpamPlugin extends Plugin {
  override requiredParameters = {
    ADD: ["CNI_CONTAINERID", "CNI_IFNAME"],
    CHECK: ["CNI_CONTAINERID", "CNI_IFNAME"],
    DEL: ["CNI_CONTAINERID", "CNI_IFNAME"],
  };

  ownerOf({ id, ifName }: { readonly id: string; readonly ifName: string }): string {
    return `${id} ${ifName}`;
  }

  leaseDir({ network }: Request): string {
    return `/var/lib/cni/rp/${network}`;
  }

  async leases(request: Request): Promise<readonly Lease[]> {
    const { stdout } = await request.shell.exec(["sh", "-c", LIST_LEASES, "sh", this.leaseDir(request)]);
    return stdout.split("\n").flatMap((line) => {
      const [address = "", ...owner] = line.split(" ");
      return address === "" ? [] : [{ address, owner: owner.join(" ") }];
    });
  }

  /** Reserves the first free address. @throws PluginError if none is free */
  async reserve(request: Request, addresses: readonly string[]): Promise<string> {
    const { stdout, exitCode } = await request.shell.exec([
      "sh",
      "-c",
      RESERVE_FIRST_FREE,
      "sh",
      this.leaseDir(request),
      this.ownerOf(request),
      ...addresses,
    ]);
    if (exitCode !== 0) throw new PluginError(100, "no address is free");
    return stdout.trim();
  }

  async release(request: Request, addresses: readonly string[]): Promise<void> {
    if (addresses.length === 0) return;
    const { exitCode } = await request.shell.exec([
      "sh",
      "-c",
      REMOVE_LEASES,
      "sh",
      this.leaseDir(request),
      ...addresses,
    ]);
    if (exitCode !== 0) throw new PluginError(101, "a lease could not be removed");
  }

  /** The ranges of the configuration; each provides one address. @throws PluginError if one is invalid */
  rangesOf({ config, version }: Request): readonly AddressRange[] {
    const ipam = isObject(config.ipam) ? config.ipam : {};
    const sets = isList(ipam.ranges) ? ipam.ranges.map((set) => (isList(set) ? set[0] : set)) : [ipam];
    const ranges = sets.map((range) => parseRange(isObject(range) ? range : {}));
    const ipv4Ranges = ranges.filter(({ family }) => family === 4).length;
    if (!atLeast(version, "0.3.0") && (ipv4Ranges > 1 || ranges.length - ipv4Ranges > 1))
      throw new PluginError(102, `version ${version} supports one address per IP family`);
    return ranges;
  }

  /** The addresses that the runtime requests, in any of the ways. @throws PluginError if one is outside all ranges */
  requestedAddresses({ config, env }: Request, ranges: readonly AddressRange[]): readonly string[] {
    const args = isObject(config.args) && isObject(config.args.cni) ? config.args.cni : {};
    const runtime = isObject(config.runtimeConfig) ? config.runtimeConfig : {};
    const byEnv = (env.CNI_ARGS ?? "").split(";").flatMap((pair) => (pair.startsWith("IP=") ? [pair.slice(3)] : []));
    const listed = [runtime.ips, args.ips].find(isList)?.map(stringOf) ?? byEnv;
    const requested = listed.map((address) => address.split("/")[0] ?? "");
    for (const address of requested) {
      if (!ranges.some((range) => range.contains(address)))
        throw new PluginError(103, `the requested address ${address} is outside all ranges`);
    }
    return requested;
  }

  async add(request: Request): Promise<CniResult> {
    await this.requireDaemon(request);
    const ranges = this.rangesOf(request);
    const requested = this.requestedAddresses(request, ranges);
    const leases = await this.leases(request);
    if (leases.some(({ owner }) => owner === this.ownerOf(request)))
      throw new PluginError(104, "this container and interface already have an address");
    const reserved: string[] = [];
    const ips: CniIp[] = [];
    try {
      for (const range of ranges) {
        const preferred = requested.filter((address) => range.contains(address)).slice(0, 1);
        const free =
          preferred.length > 0
            ? preferred
            : range.candidates(
                leases.map(({ address }) => address),
                MAX_CANDIDATES,
              );
        const address = await this.reserve(request, free);
        reserved.push(address);
        ips.push(this.ipOf(address, range));
      }
    } catch (error) {
      await this.rollBack(request, reserved);
      throw error;
    }
    return {
      cniVersion: LATEST_VERSION,
      interfaces: [],
      ips,
      routes: this.routesOf(request),
      dns: this.dnsOf(request),
    };
  }

  ipOf(address: string, { bits, gateway }: AddressRange): CniIp {
    return { address: `${address}/${bits}`, gateway };
  }

  /** Releases the addresses that a failed ADD reserved. */
  async rollBack(request: Request, reserved: readonly string[]): Promise<void> {
    await this.release(request, reserved);
  }

  routesOf({ config }: Request): readonly CniRoute[] {
    const routes = isObject(config.ipam) && isList(config.ipam.routes) ? config.ipam.routes.filter(isObject) : [];
    return routes as unknown as readonly CniRoute[];
  }

  dnsOf({ config }: Request): CniDns {
    const dns: JsonObject = isObject(config.ipam) && isObject(config.ipam.dns) ? config.ipam.dns : {};
    return dns;
  }

  /** A file represents the daemon that a network may require. @throws PluginError if it is missing */
  async requireDaemon(request: Request): Promise<void> {
    const daemon = isObject(request.config.ipam) ? stringOf(request.config.ipam.daemon) : "";
    if (daemon === "") return;
    const { exitCode } = await request.shell.exec(["test", "-e", daemon]);
    if (exitCode !== 0) throw new PluginError(107, "the daemon is not running");
  }

  async ownAddresses(request: Request): Promise<readonly string[]> {
    return (await this.leases(request))
      .filter(({ owner }) => owner === this.ownerOf(request))
      .map(({ address }) => address);
  }

  async del(request: Request): Promise<void> {
    await this.release(request, await this.ownAddresses(request));
  }

  async check(request: Request): Promise<void> {
    await this.requireDaemon(request);
    const listed = this.prevResultAddresses(request);
    const own = await this.ownAddresses(request);
    if (own.length === 0) throw new PluginError(105, "this container and interface have no lease");
    const other = own.find((address) => !listed.includes(address));
    if (other !== undefined) throw new PluginError(106, `the lease is for ${other}, which prevResult does not list`);
  }

  /** Addresses of prevResult. */
  prevResultAddresses(request: Request): readonly string[] {
    const prev = prevResultOf(request);
    if (prev === null) throw new PluginError(7, "CHECK requires prevResult");
    return prev.ips.map(({ address }) => address.split("/")[0] ?? "");
  }

  async gc(request: Request): Promise<void> {
    const valid = this.validAttachments(request).map(({ containerID, ifName }) =>
      this.ownerOf({ id: containerID, ifName }),
    );
    const stale = (await this.leases(request)).filter(({ owner }) => !valid.includes(owner));
    await this.release(
      request,
      stale.map(({ address }) => address),
    );
  }

  validAttachments(request: Request): ReturnType<typeof validAttachmentsOf> {
    return validAttachmentsOf(request);
  }

  async status(request: Request): Promise<void> {
    await this.requireDaemon(request);
    const reserved = (await this.leases(request)).map(({ address }) => address);
    const full = this.rangesOf(request).find((range) => range.candidates(reserved, 1).length === 0);
    if (full !== undefined) throw new PluginError(50, `no ${isIpv4(full.gateway) ? "IPv4" : "IPv6"} address is free`);
  }
}
