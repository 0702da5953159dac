/** Capabilities that a plugin claims in its configuration, and what others must leave alone. */
import type { JsonObject, JsonValue } from "../../../cni/json.ts";
import { succeeded } from "../../../core/shell.ts";
import { demandRejected, parseObject, describeCall } from "../plugin-output.ts";
import { notApplicableUnless, demand, skipUnless, type Clause } from "../clause.ts";
import { demandUnchanged } from "../snapshot.ts";
import { readNetState, stateLines } from "../net-state.ts";
import type { ClauseContext } from "../clause-context.ts";
import { withPool } from "../network-variants.ts";

const SECTION = "Conventions";

function claimed({ underTest: subject }: ClauseContext): readonly string[] {
  return subject.list.plugins[subject.target]?.capabilities ?? [];
}

/** @throws NotApplicable unless the plugin's configuration claims it. */
export function skipUnlessClaimed(context: ClauseContext, capability: string): void {
  notApplicableUnless(claimed(context).includes(capability), `the configuration claims no capability ${capability}`);
}

/** Whether the configuration asks for more than what the capabilities bring. */
function hasOtherConfig({ underTest: subject }: ClauseContext): boolean {
  const keys = Object.keys(subject.list.plugins[subject.target]?.raw ?? {});
  return subject.changes || keys.some((key) => key !== "type" && key !== "capabilities");
}

/** A plugin with capabilities, of which the runtime uses none. */
async function idlesWithoutRuntimeConfig(context: ClauseContext): Promise<void> {
  notApplicableUnless(claimed(context).length > 0, "the configuration claims no capability");
  const target = await context.createContainer();
  const nothing = { capabilityArgs: {} };
  await demandUnchangedIf(context, !hasOtherConfig(context), async () => {
    const { ok, raw, last } = await context.tryAdd(target, nothing);
    demand(ok, "ADD without runtimeConfig to succeed", describeCall(last));
    const attached = { ...target, raw };
    if (context.atLeast("0.4.0")) {
      const checked = await context.check(attached, nothing);
      demand(checked.ok, "CHECK without runtimeConfig to succeed", describeCall(checked.last));
    }
    const deleted = await context.invokeTarget(
      "DEL",
      context.atLeast("0.4.0") ? attached : { ...attached, raw: null },
      nothing,
    );
    demand(succeeded(deleted.output), "DEL without runtimeConfig to succeed", describeCall(deleted));
  });
}

async function demandUnchangedIf(context: ClauseContext, condition: boolean, deed: () => Promise<void>): Promise<void> {
  return condition ? demandUnchanged(context, deed) : deed();
}

const MAC = "02:11:22:33:44:55";

async function setsMac(context: ClauseContext): Promise<void> {
  skipUnlessClaimed(context, "mac");
  const { container, ifName, result } = await context.add(undefined, { capabilityArgs: { mac: MAC } });
  const link = (await readNetState(container.shell)).links.find(({ name }) => name === ifName);
  skipUnless(link !== undefined, `there is no ${ifName} in the container after ADD`);
  demand(link.mac === MAC, `${ifName} with the MAC ${MAC}, as asked`, link.mac);
  const told = result.interfaces.find(({ name, sandbox }) => name === ifName && sandbox !== undefined)?.mac;
  demand(told?.toLowerCase() === MAC, `the MAC ${MAC} in the result`, told ?? "none");
}

async function refusesMac(context: ClauseContext): Promise<void> {
  skipUnlessClaimed(context, "mac");
  const target = await context.createContainer();
  const before = stateLines(await readNetState(target.container.shell));
  demandRejected(await context.invokeTarget("ADD", target, { capabilityArgs: { mac: "zz" } }), `the MAC "zz"`);
  const after = stateLines(await readNetState(target.container.shell));
  const left = after.filter((line) => !before.includes(line));
  demand(left.length === 0, "the container as it was before the refused ADD", left.join("; "));
}

async function usesIps(context: ClauseContext): Promise<void> {
  skipUnlessClaimed(context, "ips");
  const list = withPool(context.underTest.list, "10.203.0.0/24");
  notApplicableUnless(list !== null, "the pool is not set by subnet or ranges");
  const { container, ifName, result } = await context
    .withNetwork(list)
    .add(undefined, { capabilityArgs: { ips: ["10.203.0.55/24"] } });
  const { addresses } = await readNetState(container.shell);
  demand(
    addresses.some(({ cidr, link }) => link === ifName && cidr.startsWith("10.203.0.55/")),
    `the address 10.203.0.55, as asked, on ${ifName}`,
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

/** What a runtime sends although the plugin does not claim it must not matter. */
async function ignores(context: ClauseContext, capability: string, value: JsonValue): Promise<void> {
  const target = await context.createContainer();
  const request = (good: JsonObject): JsonObject => ({ ...good, runtimeConfig: { [capability]: value } });
  const added = await context.invokeTarget("ADD", target, { request });
  demand(
    succeeded(added.output),
    `ADD with a ${capability} that the plugin does not claim to succeed`,
    describeCall(added),
  );
  const deleted = await context.invokeTarget("DEL", { ...target, raw: parseObject(added.output.stdout) }, { request });
  demand(
    succeeded(deleted.output),
    `DEL with a ${capability} that the plugin does not claim to succeed`,
    describeCall(deleted),
  );
}

/** Ignored when not claimed; when claimed, a device that no machine has is refused, and nothing is touched. */
async function ignoresOrRefuses(context: ClauseContext, capability: string, value: string): Promise<void> {
  if (!claimed(context).includes(capability)) return ignores(context, capability, value);
  const target = await context.createContainer();
  await demandUnchanged(context, async () =>
    demandRejected(
      await context.invokeTarget("ADD", target, { capabilityArgs: { [capability]: value } }),
      `the ${capability} ${value}, which is of no device here,`,
    ),
  );
}

async function ignoresUnclaimed(context: ClauseContext, capability: string, value: JsonValue): Promise<void> {
  notApplicableUnless(!claimed(context).includes(capability), `the plugin claims ${capability}`);
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
    level: "beyond",
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "A plugin that claims mac gives the link the MAC address of runtimeConfig.",
    test: setsMac,
  },
  {
    id: "cap.mac.invalid",
    level: "beyond",
    since,
    kinds: LINKS,
    section: SECTION,
    sentence: "The plugin rejects an invalid MAC address and changes nothing.",
    test: refusesMac,
  },
  {
    id: "cap.ips",
    level: "beyond",
    since,
    kinds: ["interface"],
    section: SECTION,
    sentence: "A plugin that claims ips gives the link the addresses of runtimeConfig.",
    test: usesIps,
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
    level: "beyond",
    since,
    kinds: ["chained"],
    section: SECTION,
    sentence: "A plugin that does not claim aliases ignores them.",
    test: (context) => ignoresUnclaimed(context, "aliases", ["a-name"]),
  },
  {
    id: "cap.infinibandguid",
    level: "beyond",
    since,
    kinds: ["interface"],
    section: SECTION,
    sentence: "A plugin that claims infinibandGUID rejects it when no device supports it; other plugins ignore it.",
    test: (context) => ignoresOrRefuses(context, "infinibandGUID", "c2:11:22:33:44:55:66:77"),
  },
  {
    id: "cap.deviceid",
    level: "beyond",
    since,
    kinds: ["interface"],
    section: SECTION,
    sentence: "A plugin that claims deviceID rejects the ID of a device that does not exist; other plugins ignore it.",
    test: (context) => ignoresOrRefuses(context, "deviceID", "ffff:ff:1f.7"),
  },
  {
    id: "cap.cgroup",
    level: "beyond",
    since,
    section: SECTION,
    sentence: "A plugin that does not claim cgroupPath ignores it.",
    test: (context) => ignoresUnclaimed(context, "cgroupPath", "/cnibench/none"),
  },
] as const satisfies readonly Clause[];
