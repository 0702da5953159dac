/** RP: addresses out of ranges. A lease is a file, named by its address, that names its container and interface. */
import { isList, isObject, type JsonObject } from "../../../../cni/json.ts";
import type { CniDns, CniIp, CniResult, CniRoute } from "../../../../cni/types.ts";
import { LATEST_VERSION, atLeast } from "../../../../cni/version.ts";
import { Plugin, PluginError, prevResultOf, stringOf, validAttachmentsOf, type Request } from "./protocol.ts";
import { isIpv4, parseRange, type AddressRange } from "./address-range.ts";

export interface Lease {
  readonly address: string;
  readonly owner: string;
}

const LIST_LEASES = `cd "$1" 2>/dev/null || exit 0
for f in *; do [ -f "$f" ] && read -r owner <"$f" && echo "$f $owner"; done; true`;

/** Takes the first that is free. A file that is there already cannot be made again, so two never get the same. */
const RESERVE_FIRST_FREE = `dir=$1 owner=$2; shift 2
mkdir -p "$dir"; set -C
for ip; do { echo "$owner" >"$dir/$ip"; } 2>/dev/null && echo "$ip" && exit; done; exit 1`;

const REMOVE_LEASES = `cd "$1" || exit 0; shift; for f; do rm -f -- "$f" || bad=1; done 2>/dev/null; exit \${bad:-0}`;

/** Candidates for one reservation: more than ADDs at one time. */
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

  /** @throws Refusal when it is not free. */
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

  /** Each range set gives one address. @throws Refusal for a configuration that makes no sense. */
  rangesOf({ config, version }: Request): readonly AddressRange[] {
    const ipam = isObject(config.ipam) ? config.ipam : {};
    const sets = isList(ipam.ranges) ? ipam.ranges.map((set) => (isList(set) ? set[0] : set)) : [ipam];
    const networks = sets.map((range) => parseRange(isObject(range) ? range : {}));
    const v4 = networks.filter(({ family }) => family === 4).length;
    if (!atLeast(version, "0.3.0") && (v4 > 1 || networks.length - v4 > 1))
      throw new PluginError(102, `version ${version} has room for one address of a family`);
    return networks;
  }

  /** Addresses that somebody asked for, by any of the ways. @throws Refusal when one is in no range. */
  requestedAddresses({ config, env }: Request, networks: readonly AddressRange[]): readonly string[] {
    const args = isObject(config.args) && isObject(config.args.cni) ? config.args.cni : {};
    const runtime = isObject(config.runtimeConfig) ? config.runtimeConfig : {};
    const byEnv = (env.CNI_ARGS ?? "").split(";").flatMap((pair) => (pair.startsWith("IP=") ? [pair.slice(3)] : []));
    const listed = [runtime.ips, args.ips].find(isList)?.map(stringOf) ?? byEnv;
    const wanted = listed.map((address) => address.split("/")[0] ?? "");
    for (const address of wanted) {
      if (!networks.some((network) => network.contains(address)))
        throw new PluginError(103, `the requested address ${address} is in no range`);
    }
    return wanted;
  }

  async add(request: Request): Promise<CniResult> {
    await this.requireDaemon(request);
    const networks = this.rangesOf(request);
    const wanted = this.requestedAddresses(request, networks);
    const leases = await this.leases(request);
    if (leases.some(({ owner }) => owner === this.ownerOf(request)))
      throw new PluginError(104, "this container and interface have an address already");
    const taken: string[] = [];
    const ips: CniIp[] = [];
    try {
      for (const network of networks) {
        const asked = wanted.filter((address) => network.contains(address)).slice(0, 1);
        const free =
          asked.length > 0
            ? asked
            : network.candidates(
                leases.map(({ address }) => address),
                MAX_CANDIDATES,
              );
        const address = await this.reserve(request, free);
        taken.push(address);
        ips.push(this.ipOf(address, network));
      }
    } catch (error) {
      await this.rollBack(request, taken);
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

  /** What a failed ADD took goes back. */
  async rollBack(request: Request, taken: readonly string[]): Promise<void> {
    await this.release(request, taken);
  }

  routesOf({ config }: Request): readonly CniRoute[] {
    const routes = isObject(config.ipam) && isList(config.ipam.routes) ? config.ipam.routes.filter(isObject) : [];
    return routes as unknown as readonly CniRoute[];
  }

  dnsOf({ config }: Request): CniDns {
    const dns: JsonObject = isObject(config.ipam) && isObject(config.ipam.dns) ? config.ipam.dns : {};
    return dns;
  }

  /** A file stands for the daemon that a network may need. @throws Refusal when it is down */
  async requireDaemon(request: Request): Promise<void> {
    const daemon = isObject(request.config.ipam) ? stringOf(request.config.ipam.daemon) : "";
    if (daemon === "") return;
    const { exitCode } = await request.shell.exec(["test", "-e", daemon]);
    if (exitCode !== 0) throw new PluginError(107, "the daemon is down");
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
    const told = this.prevResultAddresses(request);
    const own = await this.ownAddresses(request);
    if (own.length === 0) throw new PluginError(105, "this container and interface have no lease");
    const other = own.find((address) => !told.includes(address));
    if (other !== undefined) throw new PluginError(106, `the lease is of ${other}, which prevResult does not name`);
  }

  /** Addresses of prevResult. */
  prevResultAddresses(request: Request): readonly string[] {
    const prev = prevResultOf(request);
    if (prev === null) throw new PluginError(7, "CHECK needs prevResult");
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
    const taken = (await this.leases(request)).map(({ address }) => address);
    const full = this.rangesOf(request).find((network) => network.candidates(taken, 1).length === 0);
    if (full !== undefined) throw new PluginError(50, `no ${isIpv4(full.gateway) ? "IPv4" : "IPv6"} address is free`);
  }
}
