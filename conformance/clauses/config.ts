/** The network configuration: unknown keys, optional parts, and invalid values. */
import { isObject, type JsonObject } from "../../cni/index.ts";
import { succeeded } from "../../core/shell.ts";
import type { Clause } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import { installFakeIpam } from "./fake-ipam.ts";
import { demandNoLease, NO_POOL } from "./leases.ts";
import { withPool } from "../under-test/network-variants.ts";
import { demandRejected, describeCall, reportedError } from "./call-output.ts";
import { demandUnchanged } from "../node/snapshot.ts";
import { demandNoCrash } from "./exit.ts";
import { demandAccepted, withoutKeys } from "./operations.ts";

async function toleratesUnknownKey(context: ClauseContext): Promise<void> {
  const call = await context.invokeTarget("ADD", await context.createContainer(), {
    request: (request) => ({ ...request, cnibenchUnknown: { k: [1] } }),
  });
  if (succeeded(call.output)) return;
  const error = reportedError(call);
  demand(
    error?.code === 2 && `${error.msg} ${error.details}`.includes("cnibenchUnknown"),
    "success, or code 2 with the key in the message, for an unknown key",
    describeCall(call),
  );
}

/** Ranges from which no address can be assigned. */
const INVALID_RANGES = ["192.168.0.0/31", "banana"];

/** The network under test with each invalid range. @throws NotApplicable when its ranges cannot be set. */
function invalidNetworks(context: ClauseContext): readonly ClauseContext[] {
  const lists = INVALID_RANGES.map((range) => withPool(context.underTest.list, range));
  const networks = lists.flatMap((list) => (list === null ? [] : [context.withNetwork(list)]));
  notApplicableUnless(networks.length > 0, NO_POOL);
  return networks;
}

async function rejectsInvalidWithCode(context: ClauseContext): Promise<void> {
  for (const network of invalidNetworks(context)) {
    const call = await network.invokeTarget("ADD", await network.createContainer());
    demandRejected(call, "an invalid configuration");
    const code = reportedError(call)?.code ?? null;
    demand(
      code !== null && (code === 7 || code >= 100),
      "code 7, or a plugin-specific code (100 or higher)",
      describeCall(call),
    );
  }
}

async function rejectsInvalidCleanly(context: ClauseContext): Promise<void> {
  for (const network of invalidNetworks(context)) {
    const target = await network.createContainer();
    await demandUnchanged(network, async () =>
      demandRejected(await network.invokeTarget("ADD", target), "an invalid configuration"),
    );
  }
}

/** Well-known keys of args.cni, each without the key of the configuration that it overrides. */
const WELL_KNOWN_ARGS: JsonObject = {
  ips: ["192.0.2.9/24"],
  mac: "02:11:22:33:44:55",
  sysctl: { "net.core.somaxconn": "500" },
  mtu: 1400,
  promisc: true,
  allmulti: true,
  txQLen: 500,
  labels: [{ key: "a", value: "b" }],
  aliases: ["a"],
  portMappings: [{ hostPort: 8080, containerPort: 80 }],
  ipRanges: [[{ subnet: "192.0.2.0/24" }]],
};

async function survivesArgs(context: ClauseContext): Promise<void> {
  for (const [key, value] of Object.entries(WELL_KNOWN_ARGS)) {
    const call = await context.invokeTarget("ADD", await context.createContainer(), {
      request: (request) => ({ ...request, args: { cni: { [key]: value } } }),
    });
    demandNoCrash({ what: `ADD with args.cni.${key}`, call });
  }
}

async function acceptsLargeConfig(context: ClauseContext): Promise<void> {
  const cnibenchLarge = "x".repeat(1024 * 1024);
  const call = await context.invokeTarget("ADD", await context.createContainer(), {
    request: (request) => ({ ...request, cnibenchLarge }),
  });
  demand(succeeded(call.output), "ADD with a configuration of 1 MiB to succeed", describeCall(call));
}

/** A delegating plugin is tested with a fake IPAM plugin, because a real one may require the missing parts. */
async function delToleratesMissingParts(context: ClauseContext): Promise<void> {
  const tested = context.underTest.kinds.includes("delegating") ? (await installFakeIpam(context)).context : context;
  const added = await tested.add();
  const call = await tested.invokeTarget("DEL", added, { request: withoutOptionalParts });
  demand(succeeded(call.output), "DEL to succeed without the optional parts of the configuration", describeCall(call));
  await demandNoLease(tested, added);
}

function withoutOptionalParts(request: JsonObject): JsonObject {
  const { ipam, ...rest } = withoutKeys(request, ["dns", "runtimeConfig", "args"]);
  if (!isObject(ipam)) return rest;
  return { ...rest, ipam: withoutKeys(ipam, ["routes", "subnet", "ranges", "gateway", "dns"]) };
}

async function returnsDns(context: ClauseContext): Promise<void> {
  const dns = { nameservers: ["192.0.2.53"], domain: "example.test", search: ["a.example.test"], options: ["ndots:2"] };
  const target = await context.createContainer();
  const { ok, raw, last } = await context.tryAdd(target, { request: (request) => ({ ...request, dns }) });
  demand(ok, "ADD with dns in the configuration to succeed", describeCall(last));
  const keys = Object.keys(dns).sort();
  demand(
    JSON.stringify(raw?.dns, keys) === JSON.stringify(dns, keys),
    "the dns of the configuration in the result",
    JSON.stringify(raw?.dns ?? null),
  );
}

export const config = [
  {
    id: "cfg.unknown.tolerated",
    dependsOnVersion: false,
    level: "MUST",
    since: "0.2.0",
    section: "5-Error 2",
    sentence: "The plugin ignores an unknown key, or fails with code 2 and names the key.",
    test: toleratesUnknownKey,
  },
  {
    id: "cfg.unknown.cnidev",
    dependsOnVersion: false,
    level: "beyond",
    since: "1.0.0",
    section: "1-reserved keys",
    sentence: "The plugin ignores an unknown key that begins with cni.dev/.",
    test: (context) =>
      demandAccepted(context, "an unknown key cni.dev/zzz", {
        request: (request) => ({ ...request, "cni.dev/zzz": 1 }),
      }),
  },
  {
    id: "cfg.args.ignored",
    dependsOnVersion: false,
    level: "SHOULD",
    since: "0.2.0",
    section: "0.4.0 Network Configuration",
    sentence: "The plugin ignores args that it does not understand.",
    test: (context) =>
      demandAccepted(context, "unknown args", {
        request: (request) => ({ ...request, args: { labels: { a: "b" }, cni: { labels: [] } } }),
      }),
  },
  {
    id: "cfg.capabilities.leftover",
    dependsOnVersion: false,
    level: "beyond",
    since: "0.3.0",
    section: "3-Deriving",
    sentence: "The plugin ignores capabilities that a container runtime left in the request.",
    test: (context) =>
      demandAccepted(context, "capabilities left in the request", {
        request: (request) => ({ ...request, capabilities: { cnibench: true } }),
      }),
  },
  {
    id: "cfg.runtimeconfig.unknown",
    dependsOnVersion: false,
    level: "beyond",
    since: "0.3.0",
    section: "3-Deriving",
    sentence: "The plugin ignores an unknown key of runtimeConfig.",
    test: (context) =>
      demandAccepted(context, "an unknown key of runtimeConfig", {
        request: (request) => ({ ...request, runtimeConfig: { cnibench: 1 } }),
      }),
  },
  {
    id: "cfg.invalid.code",
    dependsOnVersion: false,
    level: "SHOULD",
    since: "1.0.0",
    kinds: ["ipam", "delegating"],
    section: "5-Error 7",
    sentence: "The plugin rejects an invalid network configuration with code 7 or a plugin-specific code.",
    test: rejectsInvalidWithCode,
  },
  {
    id: "cfg.invalid.clean",
    dependsOnVersion: false,
    level: "derived",
    kinds: ["ipam", "delegating"],
    section: "5-Error 7",
    sentence: "The plugin rejects an invalid network configuration before it changes anything.",
    test: rejectsInvalidCleanly,
  },
  {
    id: "cfg.args.noncrash",
    dependsOnVersion: false,
    level: "beyond",
    since: "0.2.0",
    section: "Conventions",
    sentence: "ADD does not crash on any well-known key of args.cni.",
    test: survivesArgs,
  },
  {
    id: "cfg.large",
    dependsOnVersion: false,
    level: "beyond",
    section: "-",
    sentence: "ADD succeeds with a network configuration of 1 MiB.",
    test: acceptsLargeConfig,
  },
  {
    id: "cfg.del.tolerant",
    dependsOnVersion: false,
    level: "SHOULD",
    since: "0.4.0",
    section: "2-DEL",
    sentence: "DEL succeeds when optional parts of the network configuration are missing.",
    test: delToleratesMissingParts,
  },
  {
    id: "cfg.dns.semantics",
    level: "SHOULD",
    since: "1.0.0",
    kinds: ["interface"],
    section: "1-dns",
    sentence: "The ADD result contains the dns of the network configuration.",
    test: returnsDns,
  },
] as const satisfies readonly Clause[];
