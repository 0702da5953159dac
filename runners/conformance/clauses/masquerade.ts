/** ipMasq: with which address a container's packets leave the node. */
import { run } from "../../../core/shell.ts";
import { describeCall } from "../plugin-output.ts";
import { demand, notApplicableUnless, skipUnless, type Clause } from "../clause.ts";
import { addedRules, readFirewallRules } from "../firewall.ts";
import { missingToolReason } from "../firewall-tools.ts";
import { NODE_ADDRESS, OUTSIDE_ADDRESS } from "../test-node.ts";
import { requestReply, startServer } from "../echo.ts";
import type { Attachment, ClauseContext } from "../clause-context.ts";
import { changePlugins } from "../network-variants.ts";

const SERVER_PORT = 8080;

async function masquerades(context: ClauseContext): Promise<void> {
  const { shell, outside } = context.testNode;
  await startServer(outside, SERVER_PORT);
  // An answer must find its way to a container that keeps its own address.
  await run(outside, ["ip", "route", "replace", "default", "via", NODE_ADDRESS]);
  const plain = withMasquerade(context, false);
  const kept = await plain.add();
  const own = kept.result.ips.find(({ address }) => !address.includes(":"))?.address.split("/")[0];
  notApplicableUnless(
    own !== undefined && kept.result.routes.some(({ dst }) => dst === "0.0.0.0/0"),
    "the network gives no IPv4 address and default route",
  );
  const seen = await sourceAddressOf(kept);
  notApplicableUnless(seen !== "", "nothing beyond the node can be reached from a container");
  demand(seen === own, `without ipMasq, packets that leave the node with the container's address ${own}`, seen);
  await plain.del(kept);
  const before = await readFirewallRules(shell);
  const hiding = withMasquerade(context, true);
  const target = await hiding.createContainer();
  const { ok, last } = await hiding.tryAdd(target);
  const toolMissing = ok ? null : await missingToolReason(shell, describeCall(last));
  skipUnless(toolMissing === null, toolMissing ?? "");
  notApplicableUnless(ok, `the plugin does not take ipMasq: ${describeCall(last)}`);
  const hidden = await sourceAddressOf(target);
  // A plugin need not support the key; one that makes rules for it, or is given it, does.
  const given = context.underTest.list.plugins[context.underTest.target]?.raw.ipMasq === true;
  notApplicableUnless(
    given || hidden === NODE_ADDRESS || addedRules(before, await readFirewallRules(shell)).length > 0,
    "the plugin does not support ipMasq",
  );
  demand(
    hidden === NODE_ADDRESS,
    `with ipMasq, packets that leave the node with its address ${NODE_ADDRESS}`,
    hidden || "no answer",
  );
}

function withMasquerade(context: ClauseContext, ipMasq: boolean): ClauseContext {
  // A plugin that was not told of the key may refuse it.
  return context.withNetwork(
    changePlugins(
      context.underTest.list,
      (raw) => (ipMasq || raw.ipMasq !== undefined ? { ...raw, ipMasq } : raw),
      context.underTest.target,
    ),
  );
}

/** The address that a machine beyond the node sees. */
function sourceAddressOf({ container }: Attachment): Promise<string> {
  return requestReply(container.shell, "tcp", OUTSIDE_ADDRESS, SERVER_PORT);
}

export const masquerade = [
  {
    id: "cfg.ipmasq.semantics",
    level: "SHOULD",
    kinds: ["interface"],
    section: "1-ipMasq",
    sentence: "Traffic from a container leaves the node with the node's address if, and only if, ipMasq is set.",
    test: masquerades,
  },
] as const satisfies readonly Clause[];
