/** IPAM plugins: requested addresses, ranges from the runtime, IPv6, and reservations that persist. */
import { type JsonObject, readResult } from "../../cni/index.ts";
import { canonicalAddress, isIpv6 } from "../../core/ip.ts";
import type { Clause } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { Overrides } from "./attachment.ts";
import { demandLeaseReleased, filesMentioning, withSubnets } from "./leases.ts";
import { withPool } from "../under-test/network-variants.ts";
import { demandRejected, describeCall } from "./call-output.ts";
import { skipUnlessClaimed } from "./capability.ts";

/** Demands the address that the overrides request. */
async function assignsRequested(context: ClauseContext, overrides: Overrides, address: string): Promise<void> {
  const pool = withSubnets(context, "10.203.0.0/24");
  const { ok, raw, last } = await pool.tryAdd(await pool.createContainer(), overrides);
  demand(
    ok && JSON.stringify(raw).includes(`"${address}/`),
    `the requested address ${address}`,
    ok ? JSON.stringify(raw?.ips ?? null) : describeCall(last),
  );
}

function withRequestKeys(keys: JsonObject): Overrides {
  return { request: (request) => ({ ...request, ...keys }) };
}

async function rejectsUnavailable(context: ClauseContext): Promise<void> {
  notApplicableUnless(
    context.underTest.configured.includes("request"),
    "the plugin does not support requested addresses",
  );
  const pool = withSubnets(context, "10.203.0.0/24");
  await pool.withArgs(["IP", "10.203.0.77"]).add();
  for (const address of ["10.203.0.77", "192.0.2.1", "banana"]) {
    const target = await pool.createContainer();
    const call = await pool.withArgs(["IP", address]).invokeTarget("ADD", target);
    demandRejected(call, `a request for ${address}`);
    const left = await filesMentioning(pool, target.container.id);
    demand(left.length === 0, "no reservation after a rejected request", left.join(", "));
  }
}

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
  const left = await filesMentioning(both, target.container.id);
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
  const left = await filesMentioning(pool, target.container.id);
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

export const ipamRequests = [
  {
    id: "ipam.request.ips",
    level: "beyond",
    since: "0.3.0",
    kinds: KINDS,
    section: "Conventions",
    sentence: "The plugin assigns the address that runtimeConfig.ips requests.",
    test: (context) =>
      assignsRequested(context, withRequestKeys({ runtimeConfig: { ips: ["10.203.0.55/24"] } }), "10.203.0.55"),
  },
  {
    id: "ipam.request.args",
    level: "beyond",
    since: "0.2.0",
    kinds: KINDS,
    section: "Conventions",
    sentence: "The plugin assigns the address that args.cni.ips requests.",
    test: (context) =>
      assignsRequested(context, withRequestKeys({ args: { cni: { ips: ["10.203.0.56"] } } }), "10.203.0.56"),
  },
  {
    id: "ipam.request.env",
    level: "beyond",
    kinds: KINDS,
    section: "Conventions",
    sentence: "The plugin assigns the address that IP in CNI_ARGS requests.",
    test: (context) => assignsRequested(context.withArgs(["IP", "10.203.0.57"]), {}, "10.203.0.57"),
  },
  {
    id: "ipam.request.taken",
    level: "derived",
    kinds: KINDS,
    section: "Conventions",
    sentence: "A request for an unavailable address fails and reserves nothing.",
    test: rejectsUnavailable,
  },
  {
    id: "ipam.ranges",
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
    level: "beyond",
    kinds: KINDS,
    section: "-",
    sentence: "A reservation outlives the process of the plugin.",
    test: persistsReservation,
  },
] as const satisfies readonly Clause[];
