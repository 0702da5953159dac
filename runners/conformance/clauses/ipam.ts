/** IPAM plugins: the addresses that they hand out. */
import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../../../cni/json.ts";
import { isList, isObject } from "../../../cni/json.ts";
import { readResult } from "../../../cni/result.ts";
import { inSubnet } from "../addresses.ts";
import { demandRejected, reportedError, describeCall } from "../plugin-output.ts";
import { notApplicableUnless, demand, skipUnless, type Clause } from "../clause.ts";
import { demandLeaseReleased, listPluginFiles, filesMentioning, singleAddressContext } from "../leases.ts";
import type { AddedAttachment, Overrides, ClauseContext } from "../clause-context.ts";
import { canonicalAddress } from "../observed.ts";
import { changePlugins, ipamOf, withPool } from "../network-variants.ts";

const SECTION = "4";
const KINDS = ["ipam"] as const;

/** The network with these ranges. @throws Skip when the pool is not set by a common key. */
function ranged(context: ClauseContext, ...subnets: readonly string[]): ClauseContext {
  const list = withPool(context.underTest.list, ...subnets);
  notApplicableUnless(list !== null, "the plugin's pool is not set by subnet or ranges");
  return context.withNetwork(list);
}

async function abbreviates(context: ClauseContext): Promise<void> {
  const { raw } = await context.add();
  demand(
    raw.interfaces === undefined || (isList(raw.interfaces) && raw.interfaces.length === 0),
    "no interfaces in the result",
    JSON.stringify(raw.interfaces ?? null),
  );
  const indexed = isList(raw.ips) && raw.ips.some((ip) => isObject(ip) && ip.interface !== undefined);
  demand(!indexed, "no interface index in ips", JSON.stringify(raw.ips ?? null));
}

async function givesAddress(context: ClauseContext): Promise<void> {
  const { ok, raw } = await context.tryAdd(await context.createContainer());
  if (!ok) return;
  const count = isList(raw?.ips)
    ? raw.ips.length
    : [raw?.ip4, raw?.ip6].filter((ip) => ip !== undefined && ip !== null).length;
  demand(count > 0, "an address, or an error", "success without one");
}

async function staysInRange(context: ClauseContext): Promise<void> {
  const small = ranged(context, "10.203.0.0/29");
  const taken: string[] = [];
  for (let i = 0; i < 8; i++) {
    const { ok, raw } = await small.tryAdd(await small.createContainer());
    if (!ok) break;
    taken.push(...(JSON.stringify(raw?.ips ?? raw?.ip4).match(/10\.[0-9.]+(?=\/)/g) ?? []));
  }
  const bad = taken.find(
    (address) => !inSubnet(address, "10.203.0.0/29") || ["10.203.0.0", "10.203.0.7", "10.203.0.1"].includes(address),
  );
  demand(bad === undefined, "addresses inside 10.203.0.0/29 other than network, gateway and broadcast", bad ?? "");
  demand(taken.length > 0, "an address out of 10.203.0.0/29", "none");
}

/** The result has what the `ipam` object of the configuration has under a key. */
async function returnsConfigured(
  context: ClauseContext,
  key: "routes" | "dns",
  value: JsonObject[string],
): Promise<void> {
  const ipam = ipamOf(context.underTest.list);
  notApplicableUnless(
    ipam !== null && context.underTest.configured.includes(key),
    `the plugin takes no ${key} in its ipam object`,
  );
  const list = changePlugins(context.underTest.list, (raw) =>
    isObject(raw.ipam) ? { ...raw, ipam: { ...raw.ipam, [key]: value } } : raw,
  );
  const { result } = await context.withNetwork(list).add();
  const got =
    key === "routes" ? result.routes.map(({ dst, gw }) => ({ dst, ...(gw === undefined ? {} : { gw }) })) : result.dns;
  demand(isDeepStrictEqual(got, value), `${key} of the configuration in the result`, JSON.stringify(got));
}

async function ignoresNetns(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  const nowhere = { ...target, container: { ...target.container, netns: "/nonexistent" } };
  const { ok, raw, last } = await context.tryAdd(nowhere);
  demand(ok, "ADD with a namespace that does not exist to succeed", describeCall(last));
  const deleted = await context.del({ ...nowhere, raw });
  demand(deleted.ok, "DEL with a namespace that does not exist to succeed", describeCall(deleted.last));
}

const BATCH_SIZE = 8;
const CONTAINER_COUNT = 32;

async function assignsUniqueInParallel(context: ClauseContext): Promise<void> {
  notApplicableUnless(!context.underTest.configured.includes("fixed"), "the configuration names the address");
  const targets = [];
  const first = await context.createContainer();
  for (let i = 0; i < CONTAINER_COUNT; i++)
    targets.push({ ...first, container: { ...first.container, id: `parallel-${i}` } });
  const added: AddedAttachment[] = [];
  for (let i = 0; i < CONTAINER_COUNT; i += BATCH_SIZE) {
    const outcomes = await Promise.all(
      targets.slice(i, i + BATCH_SIZE).map(async (target) => ({ target, outcome: await context.tryAdd(target) })),
    );
    for (const { target, outcome } of outcomes) {
      demand(outcome.ok && outcome.raw !== null, `${BATCH_SIZE} ADDs at a time to succeed`, describeCall(outcome.last));
      added.push({ ...target, raw: outcome.raw } as AddedAttachment);
    }
  }
  const addresses = added.map(({ raw }) => /"(?:address|ip)":"([^"/]+)/.exec(JSON.stringify(raw))?.[1] ?? "");
  demand(
    new Set(addresses).size === CONTAINER_COUNT,
    `${CONTAINER_COUNT} different addresses`,
    `${new Set(addresses).size} different ones`,
  );
  const deleted = await Promise.all(added.map((one) => context.del(one)));
  const failed = deleted.find(({ ok }) => !ok);
  demand(
    failed === undefined,
    `${CONTAINER_COUNT} DELs at a time to succeed`,
    failed === undefined ? "" : describeCall(failed.last),
  );
}

async function exhausts(context: ClauseContext): Promise<void> {
  const small = singleAddressContext(context);
  notApplicableUnless(small !== null, "the plugin's pool is not set by subnet or ranges");
  const first = await small.add();
  const before = await listPluginFiles(small);
  const call = await small.invokeTarget("ADD", await small.createContainer());
  demandRejected(call, "ADD with the only address taken");
  demand(reportedError(call) !== null, "an error object", describeCall(call));
  const after = await listPluginFiles(small);
  demand(
    after.join("\n") === before.join("\n"),
    "nothing kept of the refused ADD",
    after.filter((file) => !before.includes(file)).join(", "),
  );
  await small.del(first);
  const again = await small.tryAdd(await small.createContainer());
  demand(again.ok, "ADD to succeed after DEL freed the address", describeCall(again.last));
}

async function releasesPartial(context: ClauseContext): Promise<void> {
  const both = ranged(context, "10.203.0.0/29", "10.203.1.0/30");
  const first = await both.tryAdd(await both.createContainer());
  skipUnless(first.ok, `two ranges do not work: ${describeCall(first.last)}`);
  const target = await both.createContainer();
  const before = await listPluginFiles(both);
  demandRejected(await both.invokeTarget("ADD", target), "ADD with the second of two ranges exhausted");
  const kept = (await listPluginFiles(both)).filter((file) => !before.includes(file));
  demand(kept.length === 0, "the address of the first range free again", kept.join(", "));
}

/** One requested address, by one of the ways in which runtimes ask. */
async function honorsRequest(context: ClauseContext, changes: Overrides, wanted: string): Promise<void> {
  const pool = ranged(context, "10.203.0.0/24");
  const { ok, raw, last } = await pool.tryAdd(await pool.createContainer(), changes);
  demand(
    ok && JSON.stringify(raw).includes(`"${wanted}/`),
    `the requested address ${wanted}`,
    ok ? JSON.stringify(raw?.ips ?? null) : describeCall(last),
  );
}

async function refusesRequest(context: ClauseContext): Promise<void> {
  notApplicableUnless(context.underTest.configured.includes("request"), "the plugin takes no requested address");
  const pool = ranged(context, "10.203.0.0/24");
  await pool.add(undefined, { env: { CNI_ARGS: "IP=10.203.0.77" } });
  for (const wanted of ["10.203.0.77", "192.0.2.1", "banana"]) {
    const target = await pool.createContainer();
    demandRejected(
      await pool.invokeTarget("ADD", target, { env: { CNI_ARGS: `IP=${wanted}` } }),
      `a request for ${wanted}`,
    );
    const left = await filesMentioning(pool, target.container.id);
    demand(left.length === 0, "no reservation after a refused request", left.join(", "));
  }
}

async function servesV6(context: ClauseContext): Promise<void> {
  for (const subnets of [["fd00:cb::/64"], ["10.203.0.0/24", "fd00:cb::/64"]]) {
    const pool = ranged(context, ...subnets);
    const tried = await pool.tryAdd(await pool.createContainer());
    demand(tried.ok && tried.raw !== null, `ADD with ${subnets.join(" and ")} to succeed`, describeCall(tried.last));
    const result = readResult(tried.raw);
    const families = result.ips.map(({ address }) => address.includes(":"));
    demand(
      families.length === subnets.length && families.includes(true),
      `an address of each of ${subnets.join(", ")}`,
      result.ips.map(({ address }) => canonicalAddress(address)).join(", "),
    );
  }
}

async function oneInOldVersions(context: ClauseContext): Promise<void> {
  const both = ranged(context, "10.203.0.0/24", "10.203.1.0/24");
  const target = await both.createContainer();
  demandRejected(
    await both.invokeTarget("ADD", target),
    "two IPv4 ranges in a version whose result has room for one address",
  );
  const left = await filesMentioning(both, target.container.id);
  demand(left.length === 0, "no reservation after it", left.join(", "));
}

/** Ranges that only the runtime names, and a DEL that is not told them. */
async function takesRanges(context: ClauseContext): Promise<void> {
  notApplicableUnless(
    context.underTest.list.plugins[context.underTest.target]?.capabilities.includes("ipRanges") ?? false,
    "the configuration claims no capability ipRanges",
  );
  const pool = context.withNetwork(withPool(context.underTest.list) ?? context.underTest.list);
  const target = await pool.createContainer();
  const { ok, raw, last } = await pool.tryAdd(target, {
    capabilityArgs: { ipRanges: [[{ subnet: "10.203.9.0/24" }]] },
  });
  demand(
    ok && JSON.stringify(raw).includes(`"10.203.9.`),
    "an address out of the range of runtimeConfig",
    ok ? JSON.stringify(raw?.ips ?? null) : describeCall(last),
  );
  const deleted = await pool.del({ ...target, raw });
  demand(deleted.ok, "DEL without runtimeConfig to succeed", describeCall(deleted.last));
  const left = await filesMentioning(pool, target.container.id);
  demand(left.length === 0, "no reservation after DEL without runtimeConfig", left.join(", "));
}

async function survives(context: ClauseContext): Promise<void> {
  await demandLeaseReleased(
    context,
    "after DEL by another process",
    async (which, added) => void (await which.del(added)),
  );
}

export const ipam = [
  {
    id: "ipam.result.nointerfaces",
    level: "MUST",
    earlier: { before: "1.0.0", level: "SHOULD" },
    since: "0.3.0",
    kinds: KINDS,
    section: "5-Delegated",
    sentence: "The result of an IPAM plugin contains no interfaces.",
    test: abbreviates,
  },
  {
    id: "ipam.result.ips",
    level: "MUST",
    kinds: KINDS,
    section: SECTION,
    sentence: "An IPAM plugin returns an address or fails.",
    test: givesAddress,
  },
  {
    id: "ipam.address.inrange",
    level: "derived",
    kinds: KINDS,
    section: SECTION,
    sentence: "Addresses are inside the range and are not the network, broadcast, or gateway address.",
    test: staysInRange,
  },
  {
    id: "ipam.routes",
    level: "derived",
    kinds: KINDS,
    section: SECTION,
    sentence: "The result contains the configured routes.",
    test: (context) => returnsConfigured(context, "routes", [{ dst: "203.0.113.0/24", gw: "10.97.0.1" }]),
  },
  {
    id: "ipam.dns",
    level: "derived",
    kinds: KINDS,
    section: "5-Delegated",
    sentence: "The result contains the configured dns.",
    test: (context) => returnsConfigured(context, "dns", { nameservers: ["192.0.2.53"], domain: "a.test" }),
  },
  {
    id: "ipam.netns.agnostic",
    level: "SHOULD",
    kinds: KINDS,
    section: "2-DEL",
    sentence: "An IPAM plugin does not require the namespace to exist.",
    test: ignoresNetns,
  },
  {
    id: "ipam.parallel",
    level: "MUST",
    earlier: { before: "1.0.0", level: "derived" },
    kinds: KINDS,
    section: "3-Lifecycle",
    sentence: "Parallel ADDs get different addresses.",
    test: assignsUniqueInParallel,
  },
  {
    id: "ipam.exhausted",
    level: "derived",
    kinds: KINDS,
    section: SECTION,
    sentence: "ADD fails when no address is free, reserves nothing, and succeeds again after a DEL.",
    test: exhausts,
  },
  {
    id: "ipam.partial-release",
    level: "derived",
    kinds: KINDS,
    section: SECTION,
    sentence: "When one of several ranges is exhausted, ADD releases the addresses of the other ranges.",
    test: releasesPartial,
  },
  {
    id: "ipam.request.ips",
    level: "beyond",
    since: "0.3.0",
    kinds: KINDS,
    section: "Conventions",
    sentence: "The plugin assigns the address that runtimeConfig.ips requests.",
    test: (context) =>
      honorsRequest(
        context,
        { request: (request) => ({ ...request, runtimeConfig: { ips: ["10.203.0.55/24"] } }) },
        "10.203.0.55",
      ),
  },
  {
    id: "ipam.request.args",
    level: "beyond",
    since: "0.2.0",
    kinds: KINDS,
    section: "Conventions",
    sentence: "The plugin assigns the address that args.cni.ips requests.",
    test: (context) =>
      honorsRequest(
        context,
        { request: (request) => ({ ...request, args: { cni: { ips: ["10.203.0.56"] } } }) },
        "10.203.0.56",
      ),
  },
  {
    id: "ipam.request.env",
    level: "beyond",
    kinds: KINDS,
    section: "Conventions",
    sentence: "The plugin assigns the address that IP in CNI_ARGS requests.",
    test: (context) => honorsRequest(context, { env: { CNI_ARGS: "IP=10.203.0.57" } }, "10.203.0.57"),
  },
  {
    id: "ipam.request.taken",
    level: "derived",
    kinds: KINDS,
    section: "Conventions",
    sentence: "A request for an unavailable address fails and reserves nothing.",
    test: refusesRequest,
  },
  {
    id: "ipam.ranges",
    level: "beyond",
    since: "0.3.0",
    kinds: KINDS,
    section: "Conventions",
    sentence: "A plugin that claims ipRanges uses the ranges of runtimeConfig, and releases the address without them.",
    test: takesRanges,
  },
  {
    id: "ipam.v6",
    level: "derived",
    kinds: KINDS,
    section: "5-Delegated",
    sentence: "The plugin supports IPv6 ranges, alone and together with IPv4 ranges.",
    test: servesV6,
  },
  {
    id: "ipam.020.single",
    level: "derived",
    until: "0.2.0",
    kinds: KINDS,
    section: "0.2.0 Result",
    sentence: "ADD fails when there are more addresses than the result can hold.",
    test: oneInOldVersions,
  },
  {
    id: "ipam.persist",
    level: "beyond",
    kinds: KINDS,
    section: "-",
    sentence: "A reservation outlives the process of the plugin.",
    test: survives,
  },
] as const satisfies readonly Clause[];
