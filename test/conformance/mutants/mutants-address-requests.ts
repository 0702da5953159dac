/** Mutants of the requests for an address. */
import { without } from "./mutant-helpers.ts";
import { OVERWRITE_LEASE } from "./mutants-ipam.ts";
import { runScript } from "./script.ts";
import { rp, type Mutant } from "./mutant.ts";

export const ADDRESS_REQUESTS: readonly Mutant[] = [
  rp(
    {
      number: "M179",
      description: "a requested address is ignored",
      fails: ["ipam.request.ips", "ipam.request.taken"],
    },
    () => ({
      requestedAddresses: () => [],
    }),
  ),
  rp(
    {
      number: "M181",
      description: "a request outside the range fails and keeps a lease",
      fails: ["ipam.request.taken"],
    },
    (original) => ({
      add: (request) =>
        original.add(request).catch(async (error: unknown) => {
          const [range] = original.rangesOf(request);
          await original.reserve(
            request,
            range?.candidates(
              (await original.leases(request)).map(({ address }) => address),
              9,
            ) ?? [],
          );
          throw error;
        }),
    }),
  ),
  rp(
    {
      number: "M370",
      description: "a requested address is assigned although another container has it",
      fails: ["ipam.request.unique", "ipam.request.taken"],
    },
    (original) => ({
      reserve: async (request, addresses) => {
        const [address = ""] = addresses;
        const requested = original.requestedAddresses(request, original.rangesOf(request));
        if (!requested.includes(address)) return original.reserve(request, addresses);
        await runScript(request.shell, OVERWRITE_LEASE, original.leaseDir(request), original.ownerOf(request), address);
        return address;
      },
    }),
  ),
  rp(
    { number: "M371", description: "the address of the gateway can be requested", fails: ["ipam.request.unique"] },
    (original) => ({
      rangesOf: (request) =>
        original.rangesOf(request).map((range) => ({
          ...range,
          contains: (address) => address === range.gateway || range.contains(address),
        })),
    }),
  ),
  rp(
    {
      number: "M355",
      description: "a request outside the range is ignored",
      fails: ["ipam.request.taken"],
    },
    (original) => ({
      requestedAddresses: (...all) => {
        try {
          return original.requestedAddresses(...all);
        } catch {
          return [];
        }
      },
    }),
  ),
  rp(
    { number: "M356", description: "CNI_ARGS override args.cni.ips", fails: ["ipam.request.precedence"] },
    (original) => ({
      requestedAddresses: (request, ranges) =>
        original.requestedAddresses(
          /(^|;)IP=/.test(request.env.CNI_ARGS ?? "")
            ? { ...request, config: without(request.config, "args") }
            : request,
          ranges,
        ),
    }),
  ),
];
