/** Capabilities that a plugin claims in its configuration, and capabilities that it must ignore. */
import type { JsonValue } from "../../cni/index.ts";
import { succeeded } from "../../core/shell.ts";
import { demandRejected, describeCall } from "./call-output.ts";
import type { Clause } from "./clause.ts";
import { notApplicableUnless, demand, skipUnless } from "./demand.ts";
import { demandUnchanged } from "../node/snapshot.ts";
import { readNetState, stateLines } from "../node/net-state.ts";
import type { ClauseContext } from "./clause-context.ts";
import { asDelInput, demandAccepted } from "./operations.ts";
import { withSubnets } from "./leases.ts";

const SECTION = "Conventions";

function claimedCapabilities({ underTest }: ClauseContext): readonly string[] {
  return underTest.list.plugins[underTest.target]?.capabilities ?? [];
}

/** Reports whether the configuration of the plugin claims the capability. */
export function claimsCapability(context: ClauseContext, capability: string): boolean {
  return claimedCapabilities(context).includes(capability);
}

/** @throws NotApplicable unless the configuration of the plugin claims the capability. */
export function skipUnlessClaimed(context: ClauseContext, capability: string): void {
  notApplicableUnless(
    claimsCapability(context, capability),
    `the configuration does not claim the capability ${capability}`,
  );
}

/** Reports whether the configuration contains more than capabilities. */
function hasOtherConfig({ underTest }: ClauseContext): boolean {
  const keys = Object.keys(underTest.list.plugins[underTest.target]?.raw ?? {});
  return keys.some((key) => key !== "type" && key !== "capabilities");
}

/** The plugin claims capabilities, but the runtime passes no runtimeConfig. */
async function idlesWithoutRuntimeConfig(context: ClauseContext): Promise<void> {
  notApplicableUnless(claimedCapabilities(context).length > 0, "the configuration claims no capability");
  const target = await context.createContainer();
  const noRuntimeConfig = { capabilityArgs: {} };
  await demandUnchangedIf(context, !hasOtherConfig(context), async () => {
    const { ok, last, attached } = await context.tryAdd(target, noRuntimeConfig);
    demand(ok, "ADD to succeed without runtimeConfig", describeCall(last));
    if (context.canCheck(attached)) {
      const checked = await context.check(attached, noRuntimeConfig);
      demand(checked.ok, "CHECK to succeed without runtimeConfig", describeCall(checked.last));
    }
    const deleted = await context.invokeTarget("DEL", asDelInput(context, attached), noRuntimeConfig);
    demand(succeeded(deleted.output), "DEL to succeed without runtimeConfig", describeCall(deleted));
  });
}

async function demandUnchangedIf(
  context: ClauseContext,
  condition: boolean,
  action: () => Promise<void>,
): Promise<void> {
  return condition ? demandUnchanged(context, action) : action();
}

const MAC = "02:11:22:33:44:55";

async function setsMac(context: ClauseContext): Promise<void> {
  skipUnlessClaimed(context, "mac");
  const { container, ifName, result } = await context.add(undefined, { capabilityArgs: { mac: MAC } });
  const link = (await readNetState(container.shell)).links.find(({ name }) => name === ifName);
  skipUnless(link !== undefined, `the container has no ${ifName} after ADD`);
  demand(link.mac === MAC, `${ifName} with the requested MAC address ${MAC}`, link.mac);
  const reported = result.interfaces.find(({ name, sandbox }) => name === ifName && sandbox !== undefined)?.mac;
  demand(reported?.toLowerCase() === MAC, `the MAC address ${MAC} in the result`, reported ?? "none");
}

async function rejectsInvalidMac(context: ClauseContext): Promise<void> {
  skipUnlessClaimed(context, "mac");
  const target = await context.createContainer();
  const before = stateLines(await readNetState(target.container.shell));
  demandRejected(await context.invokeTarget("ADD", target, { capabilityArgs: { mac: "zz" } }), `the MAC address "zz"`);
  const after = stateLines(await readNetState(target.container.shell));
  const left = after.filter((line) => !before.includes(line));
  demand(left.length === 0, "the container unchanged after the rejected ADD", left.join("; "));
}

async function assignsIps(context: ClauseContext): Promise<void> {
  skipUnlessClaimed(context, "ips");
  const pool = withSubnets(context, "10.203.0.0/24");
  const capabilityArgs = { ips: ["10.203.0.55/24"] };
  const { container, ifName, result } = await pool.add(undefined, { capabilityArgs });
  const { addresses } = await readNetState(container.shell);
  demand(
    addresses.some(({ cidr, link }) => link === ifName && cidr.startsWith("10.203.0.55/")),
    `the requested address 10.203.0.55 on ${ifName}`,
    addresses.map(({ cidr }) => cidr).join(", "),
  );
  demand(
    result.ips.some(({ address }) => address.startsWith("10.203.0.55/")),
    "the address 10.203.0.55 in the result",
    JSON.stringify(result.ips),
  );
}

async function returnsDns(context: ClauseContext): Promise<void> {
  skipUnlessClaimed(context, "dns");
  const { result } = await context.add(undefined, {
    capabilityArgs: { dns: { servers: ["192.0.2.53"], searches: ["a.example.test"] } },
  });
  const { nameservers = [], search = [] } = result.dns;
  demand(
    nameservers.includes("192.0.2.53") && search.includes("a.example.test"),
    "the name server and search domain of runtimeConfig.dns in the result",
    JSON.stringify(result.dns),
  );
}

/** The runtime passes a capability that the plugin does not claim. */
async function ignores(context: ClauseContext, capability: string, value: JsonValue): Promise<void> {
  await demandAccepted(context, `the unclaimed capability ${capability}`, {
    request: (request) => ({ ...request, runtimeConfig: { [capability]: value } }),
  });
}

/** A plugin that claims the capability is given a device that no machine has. */
async function ignoresOrRejects(context: ClauseContext, capability: string, value: string): Promise<void> {
  if (!claimsCapability(context, capability)) return ignores(context, capability, value);
  const target = await context.createContainer();
  await demandUnchanged(context, async () =>
    demandRejected(
      await context.invokeTarget("ADD", target, { capabilityArgs: { [capability]: value } }),
      `the ${capability} ${value} of a missing device`,
    ),
  );
}

async function ignoresUnclaimed(context: ClauseContext, capability: string, value: JsonValue): Promise<void> {
  notApplicableUnless(!claimsCapability(context, capability), `the plugin claims ${capability}`);
  await ignores(context, capability, value);
}

const since = "0.3.0" as const;
const LINKS = ["interface", "chained"] as const;

export const capability = [
  {
    id: "cap.none",
    level: "derived",
    since,
    kinds: ["chained"],
    section: "3-runtimeConfig",
    sentence: "Without runtimeConfig, a plugin that only serves capabilities succeeds and changes nothing.",
    test: idlesWithoutRuntimeConfig,
  },
  {
    id: "cap.mac",
    dependsOnVersion: false,
    level: "beyond",
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "A plugin that claims mac gives the link the MAC address of runtimeConfig.",
    test: setsMac,
  },
  {
    id: "cap.mac.invalid",
    dependsOnVersion: false,
    level: "beyond",
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "The plugin rejects an invalid MAC address and changes nothing.",
    test: rejectsInvalidMac,
  },
  {
    id: "cap.ips",
    dependsOnVersion: false,
    level: "beyond",
    since,
    kinds: ["interface"],
    section: SECTION,
    sentence: "A plugin that claims ips gives the link the addresses of runtimeConfig.",
    test: assignsIps,
  },
  {
    id: "cap.dns",
    level: "beyond",
    since,
    kinds: ["interface"],
    section: SECTION,
    sentence: "A plugin that claims dns returns the dns of runtimeConfig.",
    test: returnsDns,
  },
  {
    id: "cap.aliases",
    dependsOnVersion: false,
    level: "beyond",
    since,
    kinds: ["chained"],
    section: SECTION,
    sentence: "A plugin that does not claim aliases ignores them.",
    test: (context) => ignoresUnclaimed(context, "aliases", ["a-name"]),
  },
  {
    id: "cap.infinibandguid",
    dependsOnVersion: false,
    level: "beyond",
    since,
    kinds: ["interface"],
    section: SECTION,
    sentence: "A plugin that claims infinibandGUID rejects it when no device supports it; other plugins ignore it.",
    test: (context) => ignoresOrRejects(context, "infinibandGUID", "c2:11:22:33:44:55:66:77"),
  },
  {
    id: "cap.deviceid",
    dependsOnVersion: false,
    level: "beyond",
    since,
    kinds: ["interface"],
    section: SECTION,
    sentence: "A plugin that claims deviceID rejects the ID of a device that does not exist; other plugins ignore it.",
    test: (context) => ignoresOrRejects(context, "deviceID", "ffff:ff:1f.7"),
  },
  {
    id: "cap.cgroup",
    dependsOnVersion: false,
    level: "beyond",
    since,
    section: SECTION,
    sentence: "A plugin that does not claim cgroupPath ignores it.",
    test: (context) => ignoresUnclaimed(context, "cgroupPath", "/cnibench/none"),
  },
] as const satisfies readonly Clause[];
