/** IPAM plugins: ranges from the runtime, IPv6, and reservations that persist. */
import { readResult } from "../../cni/index.ts";
import { canonicalAddress, isIpv6 } from "../../core/ip.ts";
import type { Clause } from "./clause.ts";
import { demand } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import { remainingLeases } from "./lease-files.ts";
import { demandLeaseReleased, withSubnets } from "./leases.ts";
import { withPool } from "../under-test/network-variants.ts";
import { demandRejected, describeCall } from "./call-output.ts";
import { skipUnlessClaimed } from "./capability.ts";

async function supportsIpv6(context: ClauseContext): Promise<void> {
  for (const subnets of [["fd00:cb::/64"], ["10.203.0.0/24", "fd00:cb::/64"]]) {
    const pool = withSubnets(context, ...subnets);
    const { ok, raw, last } = await pool.tryAdd(await pool.createContainer());
    demand(ok && raw !== null, `ADD with ${subnets.join(" and ")} to succeed`, describeCall(last));
    const result = readResult(raw);
    demand(
      result.ips.length === subnets.length && result.ips.some(({ address }) => isIpv6(address)),
      `an address from each of ${subnets.join(", ")}`,
      result.ips.map(({ address }) => canonicalAddress(address)).join(", "),
    );
  }
}

async function rejectsTooManyAddresses(context: ClauseContext): Promise<void> {
  const both = withSubnets(context, "10.203.0.0/24", "10.203.1.0/24");
  const target = await both.createContainer();
  const call = await both.invokeTarget("ADD", target);
  demandRejected(call, "two IPv4 ranges in a version whose result holds one address");
  const left = await remainingLeases(both, target.container);
  demand(left.length === 0, "no reservation after the rejected ADD", left.join(", "));
}

/** Only ADD receives the ranges; DEL must succeed without them. */
async function usesRuntimeRanges(context: ClauseContext): Promise<void> {
  skipUnlessClaimed(context, "ipRanges");
  const pool = context.withNetwork(withPool(context.underTest.list) ?? context.underTest.list);
  const target = await pool.createContainer();
  const { ok, raw, last } = await pool.tryAdd(target, {
    capabilityArgs: { ipRanges: [[{ subnet: "10.203.9.0/24" }]] },
  });
  demand(
    ok && JSON.stringify(raw).includes(`"10.203.9.`),
    "an address from the range in runtimeConfig",
    ok ? JSON.stringify(raw?.ips ?? null) : describeCall(last),
  );
  const deleted = await pool.del({ ...target, raw });
  demand(deleted.ok, "DEL without runtimeConfig to succeed", describeCall(deleted.last));
  const left = await remainingLeases(pool, target.container);
  demand(left.length === 0, "no reservation after DEL without runtimeConfig", left.join(", "));
}

async function persistsReservation(context: ClauseContext): Promise<void> {
  await demandLeaseReleased(
    context,
    "after DEL by another process",
    async (pool, added) => void (await pool.del(added)),
  );
}

const KINDS = ["ipam"] as const;

export const ipamRanges = [
  {
    id: "ipam.ranges",
    dependsOnVersion: false,
    level: "beyond",
    since: "0.3.0",
    kinds: KINDS,
    section: "Conventions",
    sentence: "A plugin that claims ipRanges uses the ranges of runtimeConfig, and releases the address without them.",
    test: usesRuntimeRanges,
  },
  {
    id: "ipam.v6",
    level: "derived",
    kinds: KINDS,
    section: "5-Delegated",
    sentence: "The plugin supports IPv6 ranges, alone and together with IPv4 ranges.",
    test: supportsIpv6,
  },
  {
    id: "ipam.020.single",
    level: "derived",
    until: "0.2.0",
    kinds: KINDS,
    section: "0.2.0 Result",
    sentence: "ADD fails when there are more addresses than the result can hold.",
    test: rejectsTooManyAddresses,
  },
  {
    id: "ipam.persist",
    dependsOnVersion: false,
    level: "beyond",
    kinds: KINDS,
    section: "-",
    sentence: "A reservation outlives the process of the plugin.",
    test: persistsReservation,
  },
] as const satisfies readonly Clause[];
