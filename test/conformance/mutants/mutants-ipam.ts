/** Mutants of the IPAM plugin. */
import type { JsonObject } from "../../../cni/lossless-json.ts";
import { editJson, sleep } from "./mutant-helpers.ts";
import { runScript } from "./script.ts";
import { rp, type Mutant } from "./mutant.ts";
import type { Request } from "./protocol.ts";

/** DIR OWNER ADDRESS: writes a lease and overwrites an existing one. */
export const OVERWRITE_LEASE = `mkdir -p "$1"; echo "$2" >"$1/$3"`;

interface LeaseStore {
  leaseDir(request: Request): string;
  ownerOf(request: Request): string;
}

/** Reserves the first candidate after a pause, without checking again. */
function reserveWithoutLock(original: LeaseStore): (request: Request, addresses: readonly string[]) => Promise<string> {
  return async (request, [address = ""]) => {
    await sleep(200);
    await runScript(request.shell, OVERWRITE_LEASE, original.leaseDir(request), original.ownerOf(request), address);
    return address;
  };
}

export const IPAM: readonly Mutant[] = [
  rp(
    { number: "M170", description: "the result contains interfaces", fails: ["ipam.result.nointerfaces"] },
    (original) => ({
      formatResult: (...all) =>
        editJson(original.formatResult(...all), (raw) => ({ ...raw, interfaces: [{ name: "eth0" }] as JsonObject[] })),
    }),
  ),
  rp({ number: "M172", description: "ADD succeeds without an address", fails: ["ipam.result.ips"] }, (original) => ({
    add: async (request) => ({ ...(await original.add(request)), ips: [] }),
  })),
  rp(
    { number: "M173", description: "the address of the network is assigned", fails: ["ipam.address.inrange"] },
    (original) => ({
      rangesOf: (request) =>
        original.rangesOf(request).map((range) => {
          const zero = range.gateway.replace(/1$/, "0");
          return {
            ...range,
            candidates: (taken, count) => [
              ...(taken.includes(zero) || range.family === 6 ? [] : [zero]),
              ...range.candidates(taken, count),
            ],
          };
        }),
    }),
  ),
  rp(
    { number: "M175", description: "no lock between reading and writing leases", fails: ["ipam.parallel", "conc.add"] },
    (original) => ({
      reserve: reserveWithoutLock(original),
    }),
  ),
  rp(
    {
      number: "M176",
      description: "a lock within the process only, and reservations can be overwritten",
      fails: ["ipam.parallel", "add.result.ips.unique"],
      mayAlsoFail: ["env.containerid.distinct"],
    },
    (original) => ({
      reserve: reserveWithoutLock(original),
      leases: async (request) =>
        (await original.leases(request)).filter(
          ({ owner }) => request.command !== "ADD" || owner === original.ownerOf(request),
        ),
    }),
  ),
  rp(
    {
      number: "M178",
      description: "an ADD that fails on its second range keeps the address of the first",
      fails: ["ipam.partial-release"],
    },
    () => ({
      rollBack: async () => undefined,
    }),
  ),
  rp({ number: "M250", description: "configured routes are not returned", fails: ["ipam.routes"] }, () => ({
    routesOf: () => [],
  })),
  rp({ number: "M251", description: "configured dns is not returned", fails: ["ipam.dns"] }, () => ({
    dnsOf: () => ({}),
  })),
  rp(
    {
      number: "M253",
      description: "with two ranges in 0.2.0, two addresses are reserved and the first is returned",
      fails: ["ipam.020.single"],
      version: "0.2.0",
    },
    (original) => ({
      rangesOf: (request) => original.rangesOf({ ...request, version: "1.1.0" }),
    }),
  ),
];
