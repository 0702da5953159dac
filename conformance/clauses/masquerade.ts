/** ipMasq: the source address of packets from a container when they leave the node. */
import { addressOf, isIpv6 } from "../../core/ip.ts";
import { run } from "../../core/shell.ts";
import { describeCall } from "./call-output.ts";
import type { Clause } from "./clause.ts";
import { demand, notApplicableUnless, skipUnless } from "./demand.ts";
import { addedRules, readFirewallRules } from "../node/firewall.ts";
import { missingToolReason } from "../node/firewall-tools.ts";
import { NODE_ADDRESS, OUTSIDE_ADDRESS } from "../node/test-node.ts";
import { requestReply, startServer } from "../node/echo.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { TestAttachment } from "./attachment.ts";
import { changePlugins } from "../under-test/network-variants.ts";

const SERVER_PORT = 8080;

async function masqueradesIfSet(context: ClauseContext): Promise<void> {
  const { shell, outside } = context.testNode;
  await startServer(outside, SERVER_PORT);
  // A route back, for packets that keep the address of the container.
  await run(outside, ["ip", "route", "replace", "default", "via", NODE_ADDRESS]);
  const withoutIpMasq = setIpMasq(context, false);
  const plain = await withoutIpMasq.add();
  const ipv4 = plain.result.ips.find(({ address }) => !isIpv6(address));
  const containerAddress = ipv4 && addressOf(ipv4.address);
  notApplicableUnless(
    containerAddress !== undefined && plain.result.routes.some(({ dst }) => dst === "0.0.0.0/0"),
    "the network has no IPv4 address or no default route",
  );
  const observedAddress = await sourceAddressOf(plain);
  notApplicableUnless(observedAddress !== "", "a container cannot reach hosts beyond the node");
  demand(
    observedAddress === containerAddress,
    `packets with the container's address ${containerAddress} without ipMasq`,
    observedAddress,
  );
  await withoutIpMasq.del(plain);
  const before = await readFirewallRules(shell);
  const withIpMasq = setIpMasq(context, true);
  const target = await withIpMasq.createContainer();
  const { ok, last } = await withIpMasq.tryAdd(target);
  const toolMissing = ok ? null : await missingToolReason(shell, describeCall(last));
  skipUnless(toolMissing === null, toolMissing ?? "");
  notApplicableUnless(ok, `the plugin does not accept ipMasq: ${describeCall(last)}`);
  const maskedAddress = await sourceAddressOf(target);
  // Support is optional. It is assumed if the configuration under test sets the key, or if ADD creates rules.
  const isConfigured = context.underTest.list.plugins[context.underTest.target]?.raw.ipMasq === true;
  notApplicableUnless(
    isConfigured || maskedAddress === NODE_ADDRESS || addedRules(before, await readFirewallRules(shell)).length > 0,
    "the plugin does not support ipMasq",
  );
  demand(
    maskedAddress === NODE_ADDRESS,
    `packets with the node's address ${NODE_ADDRESS} with ipMasq`,
    maskedAddress || "no reply",
  );
}

function setIpMasq(context: ClauseContext, ipMasq: boolean): ClauseContext {
  // A plugin may reject a key that its configuration does not contain.
  return context.withNetwork(
    changePlugins(
      context.underTest.list,
      (raw) => (ipMasq || raw.ipMasq !== undefined ? { ...raw, ipMasq } : raw),
      context.underTest.target,
    ),
  );
}

/** The source address that a host beyond the node observes. */
function sourceAddressOf({ container }: TestAttachment): Promise<string> {
  return requestReply(container.shell, "tcp", OUTSIDE_ADDRESS, SERVER_PORT);
}

export const masquerade = [
  {
    id: "cfg.ipmasq.semantics",
    dependsOnVersion: false,
    level: "SHOULD",
    kinds: ["interface"],
    section: "1-ipMasq",
    sentence: "Traffic from a container leaves the node with the node's address if, and only if, ipMasq is set.",
    test: masqueradesIfSet,
  },
] as const satisfies readonly Clause[];
