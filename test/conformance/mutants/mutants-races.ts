/**
 * Mutants whose DEL or GC reads shared state and changes it later, without a lock that ADD takes too. They pause in
 * between, so that the race shows in most rounds, also on a busy machine.
 */
import { createHash } from "node:crypto";
import { OVERWRITE_LEASE } from "./mutants-ipam.ts";
import { sleep } from "./mutant-helpers.ts";
import { runScript } from "./script.ts";
import { ri, rp, type Mutant } from "./mutant.ts";
import type { Request } from "./protocol.ts";

/**
 * DIR ADDRESS...: replaces the directory by a copy without these leases. The lock excludes other processes that do the
 * same, but not ADD.
 */
const REWRITE_LEASES = `dir=$1; shift
mkdir -p "$dir"; exec 9>"$dir.lock"; flock 9
mkdir "$dir.new"
for file in "$dir"/*; do
  for removed; do [ "$file" != "$dir/$removed" ] || continue 2; done
  [ ! -f "$file" ] || cp "$file" "$dir.new"
done
sleep 0.1
mv -T "$dir" "$dir.old"; mv -T "$dir.new" "$dir"; rm -r "$dir.old"`;

async function rewriteLeases(request: Request, dir: string, removed: readonly string[]): Promise<void> {
  await runScript(request.shell, REWRITE_LEASES, dir, ...removed);
}

/** BRIDGE: deletes a bridge without ports. */
const DELETE_UNUSED_BRIDGE = `for port in /sys/class/net/"$1"/brif/*; do [ ! -e "$port" ] || exit 0; done
sleep 0.15
ip link delete dev "$1" 2>/dev/null; true`;

export const RACES: readonly Mutant[] = [
  rp(
    { number: "M394", description: "DEL rewrites the leases without the lock of ADD", fails: ["conc.mixed"] },
    (original) => ({
      del: async (request) => {
        await rewriteLeases(request, original.leaseDir(request), await original.ownAddresses(request));
      },
    }),
  ),
  ri(
    {
      number: "M395",
      description: "DEL deletes the bridge if it has no ports, while ADD may be using it",
      fails: ["conc.mixed"],
      mayAlsoFail: ["conc.*"],
    },
    (original) => ({
      del: async (request) => {
        await original.del(request);
        await runScript(request.shell, DELETE_UNUSED_BRIDGE, original.bridgeOf(request));
      },
      // An ADD that ends before DEL deletes the bridge succeeds.
      linksOf: async (...all) => {
        await sleep(250);
        return original.linksOf(...all);
      },
    }),
  ),
  rp(
    { number: "M396", description: "GC rewrites the leases without the lock of ADD", fails: ["gc.concurrent"] },
    (original) => ({
      gc: async (request) => {
        const valid = original
          .validAttachments(request)
          .map(({ containerID, ifName }) => original.ownerOf({ id: containerID, ifName }));
        const stale = (await original.leases(request)).filter(({ owner }) => !valid.includes(owner));
        await rewriteLeases(
          request,
          original.leaseDir(request),
          stale.map(({ address }) => address),
        );
      },
    }),
  ),
  rp(
    {
      number: "M379",
      description: "ADD writes the container into its lease in a second step",
      fails: ["gc.concurrent"],
      mayAlsoFail: ["conc.*"],
    },
    (original) => ({
      reserve: async (request, addresses) => {
        // Half of the containers reserve later, when GC may have removed the incomplete leases of the others.
        const isLate = Number(createHash("sha256").update(request.id).digest()[0]) % 2 === 1;
        if (isLate) await sleep(60);
        const address = await original.reserve({ ...request, id: "pending" }, addresses);
        if (!isLate) await sleep(150);
        await runScript(request.shell, OVERWRITE_LEASE, original.leaseDir(request), original.ownerOf(request), address);
        return address;
      },
    }),
  ),
];
