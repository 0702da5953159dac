/** ipMasq: with which address a container's packets leave the node. */
import { run } from "../../../core/shell.ts";
import { saidBy } from "../answer.ts";
import { concerns, demand, type Clause } from "../clause.ts";
import { newRules, readRules } from "../firewall.ts";
import { NODE_ADDRESS, OUTSIDE_ADDRESS } from "../surroundings.ts";
import { ask, serve } from "../talk.ts";
import type { Attachment, Trial } from "../trial.ts";
import { changed } from "../variants.ts";

const SERVER_PORT = 8080;

async function masquerades(trial: Trial): Promise<void> {
  const { shell, outside } = trial.surroundings;
  await serve(outside, SERVER_PORT);
  // An answer must find its way to a container that keeps its own address.
  await run(outside, ["ip", "route", "replace", "default", "via", NODE_ADDRESS]);
  const plain = withMasquerade(trial, false);
  const kept = await plain.add();
  const own = kept.result.ips.find(({ address }) => !address.includes(":"))?.address.split("/")[0];
  concerns(
    own !== undefined && kept.result.routes.some(({ dst }) => dst === "0.0.0.0/0"),
    "the network gives no IPv4 address and default route",
  );
  const seen = await sourceAddressOf(kept);
  concerns(seen !== "", "nothing beyond the node can be reached from a container");
  demand(seen === own, `without ipMasq, packets that leave the node with the container's address ${own}`, seen);
  await plain.del(kept);
  const before = await readRules(shell);
  const hiding = withMasquerade(trial, true);
  const target = await hiding.container();
  const { ok, last } = await hiding.tryAdd(target);
  concerns(ok, `the plugin does not take ipMasq: ${saidBy(last)}`);
  const hidden = await sourceAddressOf(target);
  // A plugin need not support the key; one that makes rules for it, or is given it, does.
  const given = trial.subject.list.plugins[trial.subject.target]?.raw.ipMasq === true;
  concerns(
    given || hidden === NODE_ADDRESS || newRules(before, await readRules(shell)).length > 0,
    "the plugin does not support ipMasq",
  );
  demand(
    hidden === NODE_ADDRESS,
    `with ipMasq, packets that leave the node with its address ${NODE_ADDRESS}`,
    hidden || "no answer",
  );
}

function withMasquerade(trial: Trial, ipMasq: boolean): Trial {
  // A plugin that was not told of the key may refuse it.
  return trial.with(
    changed(
      trial.subject.list,
      (raw) => (ipMasq || raw.ipMasq !== undefined ? { ...raw, ipMasq } : raw),
      trial.subject.target,
    ),
  );
}

/** The address that a machine beyond the node sees. */
function sourceAddressOf({ container }: Attachment): Promise<string> {
  return ask(container.shell, "tcp", OUTSIDE_ADDRESS, SERVER_PORT);
}

export const masquerade = [
  {
    id: "cfg.ipmasq.semantics",
    level: "SHOULD",
    kinds: ["interface"],
    section: "1-ipMasq",
    sentence: "With ipMasq, and only then, what a container sends leaves the node with the node's address.",
    test: masquerades,
  },
] as const satisfies readonly Clause[];
