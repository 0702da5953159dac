/**
 * What the reference plugins of release 1.1.1 really do, seen by hand. What every plugin on the Go skeleton library shares is left
 * out, and so are clauses beyond the specification.
 */
export interface Observed {
  readonly plugin: string;
  readonly version: string;
  /** Every MUST, derived and SHOULD clause that it breaks. */
  readonly breaks: readonly string[];
  /** Clauses of which some runs show a deviation and others do not. */
  readonly sometimes?: readonly string[];
  /** Some of those that it keeps although they are easily judged wrong. */
  readonly keeps: readonly string[];
}

const BRIDGE = [
  "add.prevresult.interface",
  "cfg.invalid.clean",
  "check.after-add",
  "check.later-plugin",
  "check.stable.peers",
  "check.tamper.forwarding",
  "check.tamper.gateway",
  "check.tamper.host-link",
  "check.tamper.route-gw",
  "check.tamper.rules",
  "del.netns.gone.host",
  "del.netns.notnetns",
  "del.netns.unset.host",
  "del.same-cid",
  "env.args.unconsumed",
  "err.code",
  "err.code.reserved",
  "version.list.truth.listed",
];

export const OBSERVED: readonly Observed[] = [
  { plugin: "bridge", version: "1.0.0", breaks: [...BRIDGE, "dlg.add.fail.del"], keeps: ["cfg.del.tolerant", "conc.add", "del.idempotent", "dlg.env"] },
  { plugin: "bridge", version: "0.4.0", breaks: [...BRIDGE, "add.result.dns"], keeps: ["add.result.version", "conc.mixed"] },
  {
    plugin: "loopback",
    version: "1.0.0",
    breaks: [
      ...["cfg.dns.semantics", "check.prevresult.consulted", "check.prevresult.required", "check.tamper.ip-removed", "check.tamper.ip-replaced"],
      ...["del.netns.notnetns", "env.ifname.honoured"],
    ],
    keeps: ["check.unknown", "add.fail.afterdel", "add.up"],
  },
  { plugin: "loopback", version: "0.3.1", breaks: ["add.result.shape.03x", "add.result.shape.ipversion", "del.netns.notnetns", "env.ifname.honoured"], keeps: ["add.result.version", "del.ok"] },
  { plugin: "loopback", version: "0.2.0", breaks: ["add.result.nofuture", "add.result.shape.020", "env.ifname.honoured"], keeps: ["del.ok"] },
  {
    plugin: "host-local",
    version: "1.0.0",
    breaks: ["cfg.del.tolerant", "check.prevresult.consulted", "check.prevresult.required", "check.tamper.lease-ip", "env.args.unconsumed"],
    keeps: ["add.duplicate", "conc.add", "del.lease", "ipam.exhausted"],
  },
  { plugin: "portmap", version: "1.0.0", breaks: ["check.after-add", "del.same-cid"], sometimes: ["conc.add", "conc.shared-once"], keeps: ["add.prevresult.pass", "del.prevresult.absent", "env.args.unconsumed"] },
  {
    plugin: "sbr",
    version: "1.0.0",
    breaks: [
      ...["add.fail.afterdel", "check.prevresult.required", "check.tamper.netns", "check.tamper.policy", "check.unknown", "del.idempotent", "del.link.gone"],
      ...["del.netns.gone", "del.netns.notnetns", "del.netns.unset", "del.prevresult.empty", "del.sideeffect.path", "del.undo"],
    ],
    keeps: ["env.args.unconsumed", "check.after-add"],
  },
  {
    plugin: "host-device",
    version: "1.0.0",
    breaks: [
      ...["add.prevresult.interface", "cfg.invalid.clean", "del.after-failed-add", "del.idempotent", "del.netns.gone", "del.netns.notnetns", "del.never-added"],
      "dlg.add.fail.del",
    ],
    keeps: ["del.ok", "env.args.unconsumed"],
  },
  { plugin: "static", version: "1.0.0", breaks: ["add.duplicate", "check.prevresult.consulted", "check.unknown", "env.args.unconsumed"], keeps: ["del.never-added", "ipam.dns"] },
  { plugin: "firewall", version: "1.0.0", breaks: [], keeps: ["check.after-add", "del.idempotent", "add.prevresult.pass"] },
  { plugin: "simplecni", version: "1.1.0", breaks: [], keeps: ["check.stable.peers", "gc.stale.lease", "add.creates"] },
];
