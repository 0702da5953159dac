/**
 * Requests for an address, in the three ways of the CNI conventions. A plugin supports runtimeConfig.ips if it claims
 * the capability, and the other ways if it assigns an unused address that is requested.
 */
import { atLeast, type CniArgs, type SpecVersion } from "../../cni/index.ts";
import { addressOf, isIpv6 } from "../../core/ip.ts";
import type { Clause } from "./clause.ts";
import { Deviation, demand, notApplicableUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddCallOutcome, Overrides, TestAttachment } from "./attachment.ts";
import { claimsCapability, skipUnlessClaimed } from "./capability.ts";
import { demandRejected, describeCall } from "./call-output.ts";
import { remainingLeases } from "./lease-files.ts";
import { withSubnets } from "./leases.ts";
import { withPool } from "../under-test/network-variants.ts";

const POOL = "10.203.0.0/24";

/** Changes to a call of ADD that request an address. */
interface AddressRequest {
  readonly overrides?: Overrides;
  /** Changes to CNI_ARGS. */
  readonly args?: CniArgs;
}

/** A way to request addresses. */
interface RequestWay {
  readonly name: string;
  readonly since: SpecVersion;
  /** @param cidr address with prefix length, because a plugin may require the latter */
  readonly request: (cidr: string) => AddressRequest;
}

const RUNTIME_CONFIG: RequestWay = {
  name: "runtimeConfig.ips",
  since: "0.3.0",
  request: (cidr) => ({ overrides: { capabilityArgs: { ips: [cidr] } } }),
};
const ARGS: RequestWay = {
  name: "args.cni.ips",
  since: "0.2.0",
  request: (cidr) => ({ overrides: { request: (request) => ({ ...request, args: { cni: { ips: [cidr] } } }) } }),
};
const CNI_ARGS: RequestWay = { name: "IP in CNI_ARGS", since: "0.1.0", request: (cidr) => ({ args: [["IP", cidr]] }) };

async function addWith(
  context: ClauseContext,
  { overrides = {}, args = [] }: AddressRequest,
  target?: TestAttachment,
): Promise<AddCallOutcome> {
  return context.withArgs(...args).tryAdd(target ?? (await context.createContainer()), overrides);
}

/** Reports whether ADD assigned the address. */
function assigns({ ok, raw }: AddCallOutcome, cidr: string): boolean {
  return ok && JSON.stringify(raw).includes(`"${addressOf(cidr)}/`);
}

/** Demands an unused address that is requested. */
async function assignsRequested(context: ClauseContext, way: RequestWay, cidr: string): Promise<void> {
  const outcome = await addWith(withSubnets(context, POOL), way.request(cidr));
  const { ok, raw, last } = outcome;
  demand(
    assigns(outcome, cidr),
    `the requested address ${addressOf(cidr)}`,
    ok ? JSON.stringify(raw?.ips ?? null) : describeCall(last),
  );
}

async function assignsClaimed(context: ClauseContext): Promise<void> {
  skipUnlessClaimed(context, "ips");
  await assignsRequested(context, RUNTIME_CONFIG, "10.203.0.55/24");
}

/** A way that the plugin supports, and the address that it assigned to a container in this way. */
interface SupportedWay extends RequestWay {
  readonly taken: string;
}

interface RequestTest {
  /** The network with a known pool if it can be set. */
  readonly pool: ClauseContext;
  readonly ways: readonly SupportedWay[];
  /** The gateway of the pool with the prefix length of the addresses. */
  readonly gateway: string | null;
}

/** Observes in which ways the plugin assigns requested addresses. @throws NotApplicable when it assigns no IPv4 one */
async function observeSupport(context: ClauseContext): Promise<RequestTest> {
  const list = withPool(context.underTest.list, POOL);
  const pool = list === null ? context : context.withNetwork(list);
  const ip = (await pool.add()).result.ips.find(({ address }) => !isIpv6(address));
  notApplicableUnless(ip !== undefined, "ADD assigns no IPv4 address");
  const ways: SupportedWay[] = [];
  for (const [i, way] of [RUNTIME_CONFIG, ARGS, CNI_ARGS].entries()) {
    if (!atLeast(context.version, way.since) || (way === RUNTIME_CONFIG && !claimsCapability(context, "ips"))) continue;
    const taken = neighborOf(ip.address, 64 + i);
    if (assigns(await addWith(pool, way.request(taken)), taken)) ways.push({ ...way, taken });
  }
  const [, prefix = ""] = ip.address.split("/");
  return { pool, ways, gateway: ip.gateway === undefined ? null : `${ip.gateway}/${prefix}` };
}

/** Returns an address of the same /24. @param bits bits of the last byte to change */
function neighborOf(cidr: string, bits: number): string {
  return cidr.replace(/\d+(?=\/)/, (byte) => String(Number(byte) ^ bits));
}

const UNSUPPORTED = "the plugin assigns no requested address";

/** An error or another address are allowed, since only claimed capabilities are binding. */
async function assignsOnce(context: ClauseContext): Promise<void> {
  const { pool, ways, gateway } = await observeSupport(context);
  notApplicableUnless(ways.length > 0, UNSUPPORTED);
  for (const { name, request, taken } of ways) {
    for (const [cidr, owner] of [
      [taken, "another container"],
      [gateway, "the gateway"],
    ] as const) {
      if (cidr === null) continue;
      const outcome = await addWith(pool, request(cidr));
      if (!assigns(outcome, cidr)) continue;
      await requireAllocation(pool);
      throw new Deviation(
        `the address of ${owner} not assigned again when ${name} requests it`,
        `${addressOf(cidr)} assigned to both`,
        [],
        outcome.last,
      );
    }
  }
}

/** @throws NotApplicable when every container gets the same address */
async function requireAllocation(context: ClauseContext): Promise<void> {
  const [first, second] = [await context.add(), await context.add()].map(({ result }) => result.ips[0]?.address);
  notApplicableUnless(first !== second, "the configuration assigns a fixed address");
}

async function rejectsUnavailable(context: ClauseContext): Promise<void> {
  notApplicableUnless(!context.underTest.configured.includes("fixed"), "the configuration assigns a fixed address");
  const { pool, ways } = await observeSupport(context);
  demand(
    ways.length > 0 || !context.underTest.configured.includes("request"),
    "an unused address that is requested",
    "another address",
  );
  notApplicableUnless(ways.length > 0, UNSUPPORTED);
  for (const { name, request, taken } of ways) {
    for (const value of [taken, "192.0.2.1/24", "banana"]) {
      const target = await pool.createContainer();
      const { args = [], overrides } = request(value);
      const call = await pool.withArgs(...args).invokeTarget("ADD", target, overrides);
      demandRejected(call, `a request for ${value} in ${name}`);
      const left = await remainingLeases(pool, target.container);
      demand(left.length === 0, "no reservation after a rejected request", left.join(", "));
    }
  }
}

async function prefersArgs(context: ClauseContext): Promise<void> {
  const { pool, ways } = await observeSupport(context);
  const [args, env] = [ARGS, CNI_ARGS].map(({ name }) => ways.find((way) => way.name === name));
  notApplicableUnless(args !== undefined && env !== undefined, "the plugin does not support both ways");
  const [wanted, ignored] = [neighborOf(args.taken, 32), neighborOf(env.taken, 32)];
  const outcome = await addWith(pool, { ...args.request(wanted), ...env.request(ignored) });
  const { ok, raw, last } = outcome;
  demand(
    assigns(outcome, wanted) && !assigns(outcome, ignored),
    `${addressOf(wanted)} of args.cni.ips, and not ${addressOf(ignored)} of CNI_ARGS`,
    ok ? JSON.stringify(raw?.ips ?? raw?.ip4 ?? null) : describeCall(last),
  );
}

const COMMON = { kinds: ["ipam"], section: "Conventions" } as const;

export const addressRequests = [
  {
    ...COMMON,
    id: "ipam.request.ips",
    dependsOnVersion: false,
    level: "SHOULD",
    since: "0.3.0",
    sentence: "A plugin that claims ips assigns the address that runtimeConfig.ips requests.",
    test: assignsClaimed,
  },
  {
    ...COMMON,
    id: "ipam.request.args",
    dependsOnVersion: false,
    level: "beyond",
    since: "0.2.0",
    sentence: "The plugin assigns the address that args.cni.ips requests.",
    test: (context) => assignsRequested(context, ARGS, "10.203.0.56/24"),
  },
  {
    ...COMMON,
    id: "ipam.request.env",
    dependsOnVersion: false,
    level: "beyond",
    sentence: "The plugin assigns the address that IP in CNI_ARGS requests.",
    test: (context) => assignsRequested(context, CNI_ARGS, "10.203.0.57/24"),
  },
  {
    id: "ipam.request.unique",
    level: "derived",
    kinds: ["ipam", "interface", "delegating"],
    containers: "several",
    section: "1-Overview",
    sentence: "A request never assigns the address of another container or of the gateway.",
    test: assignsOnce,
  },
  {
    ...COMMON,
    id: "ipam.request.taken",
    level: "SHOULD",
    sentence: "A request for an unavailable or invalid address fails and reserves nothing.",
    test: rejectsUnavailable,
  },
  {
    ...COMMON,
    id: "ipam.request.precedence",
    dependsOnVersion: false,
    level: "SHOULD",
    since: "0.2.0",
    sentence: "A plugin that supports args.cni.ips prefers it to IP in CNI_ARGS.",
    test: prefersArgs,
  },
] as const satisfies readonly Clause[];
