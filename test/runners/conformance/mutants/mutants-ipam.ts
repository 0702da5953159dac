/** Mutants of the IPAM plugin. */
import type { JsonObject } from "../../../../cni/json.ts";
import { editJson, sleep } from "./mutant-helpers.ts";
import { runScript } from "./script.ts";
import { rp, type Mutant } from "./mutant.ts";
import type { Request } from "./protocol.ts";

/** Writes whatever is there. */
const OVERWRITE_LEASE = `mkdir -p "$1"; echo "$2" >"$1/$3"`;

interface LeaseStore {
  leaseDir(request: Request): string;
  ownerOf(request: Request): string;
}

/** The first that was free when it looked, a moment later. */
function reserveWithoutLock(original: LeaseStore): (request: Request, addresses: readonly string[]) => Promise<string> {
  return async (request, [address = ""]) => {
    await sleep(20);
    await runScript(request.shell, OVERWRITE_LEASE, original.leaseDir(request), original.ownerOf(request), address);
    return address;
  };
}

export const IPAM: readonly Mutant[] = [
  rp("M170", "the result has interfaces", ["ipam.result.nointerfaces"], (original) => ({
    formatResult: (...all) =>
      editJson(original.formatResult(...all), (raw) => ({ ...raw, interfaces: [{ name: "eth0" }] as JsonObject[] })),
  })),
  rp("M172", "success without an address", ["ipam.result.ips"], (original) => ({
    add: async (request) => ({ ...(await original.add(request)), ips: [] }),
  })),
  rp("M173", "the address of the network is handed out", ["ipam.address.inrange"], (original) => ({
    rangesOf: (request) =>
      original.rangesOf(request).map((network) => {
        const zero = network.gateway.replace(/1$/, "0");
        return {
          ...network,
          candidates: (taken, count) => [
            ...(taken.includes(zero) || network.family === 6 ? [] : [zero]),
            ...network.candidates(taken, count),
          ],
        };
      }),
  })),
  rp("M175", "no lock: it reads, then writes", ["ipam.parallel", "conc.add"], (original) => ({
    reserve: reserveWithoutLock(original),
  })),
  rp(
    "M176",
    "a lock of the process alone, and a reservation that may be overwritten",
    ["ipam.parallel", "add.result.ips.unique"],
    (original) => ({
      reserve: reserveWithoutLock(original),
      leases: async (request) =>
        (await original.leases(request)).filter(
          ({ owner }) => request.command !== "ADD" || owner === original.ownerOf(request),
        ),
    }),
  ),
  rp("M178", "an ADD that fails at its second range keeps the first's address", ["ipam.partial-release"], () => ({
    rollBack: async () => undefined,
  })),
  rp("M179", "a requested address is ignored", ["ipam.request.ips"], () => ({ requestedAddresses: () => [] })),
  rp("M181", "a request out of range fails and keeps a lease", ["ipam.request.taken"], (original) => ({
    add: (request) =>
      original.add(request).catch(async (error: unknown) => {
        const [network] = original.rangesOf(request);
        await original.reserve(
          request,
          network?.candidates(
            (await original.leases(request)).map(({ address }) => address),
            9,
          ) ?? [],
        );
        throw error;
      }),
  })),
  rp("M250", "configured routes are not returned", ["ipam.routes"], () => ({ routesOf: () => [] })),
  rp("M251", "configured dns is not returned", ["ipam.dns"], () => ({ dnsOf: () => ({}) })),
  rp(
    "M253",
    "0.2.0 with two ranges: both leased, the first returned",
    ["ipam.020.single"],
    (original) => ({
      rangesOf: (request) => original.rangesOf({ ...request, version: "1.1.0" }),
    }),
    { version: "0.2.0" },
  ),
];
