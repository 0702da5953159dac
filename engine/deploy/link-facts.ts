/**
 * Reads the settings of a node's interface that affect throughput as much as a plugin does: queueing discipline and
 * offloads (docs/method.md, "Environment").
 */
import { listAt, stringAt, tryParse } from "../../core/untrusted-json.ts";
import { offloadsCommand } from "../../core/probe/probe.ts";
import { UNDERLAY_INTERFACE } from "../../core/model.ts";
import { succeeded, type Shell } from "../../core/shell.ts";

interface LinkFacts {
  /** Queueing discipline: `noqueue`, `fq_codel`; null if it could not be read. */
  readonly qdisc: string | null;
  /** Enabled offloads that affect loads; null if they could not be read. */
  readonly offloads: readonly string[] | null;
}

/** Reads the facts of the underlay interface of a node. */
export async function readLinkFacts(node: Shell): Promise<LinkFacts> {
  const [link, offloads] = await Promise.all([
    node.exec(["ip", "-j", "link", "show", UNDERLAY_INTERFACE]),
    node.exec(offloadsCommand(UNDERLAY_INTERFACE)),
  ]);
  const links = succeeded(link) ? tryParse(link.stdout) : null;
  return {
    qdisc: stringAt(listAt(links)[0], "qdisc"),
    offloads: succeeded(offloads) ? offloads.stdout.split("\n").filter((name) => name !== "") : null,
  };
}
