/**
 * Deviations of the reference plugins of release 1.1.1, verified by hand, without those that all plugins on the Go
 * skeleton library share, and without clauses beyond the specification.
 */
export interface ReferenceDeviations {
  readonly plugin: string;
  readonly version: string;
  /** Every MUST, derived and SHOULD clause that the plugin violates. */
  readonly breaks: readonly string[];
  /** Clauses that the plugin violates only in some runs. */
  readonly sometimes?: readonly string[];
  /** Some clauses that the plugin satisfies, although a wrong test would easily fail it. */
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

export const REFERENCE_DEVIATIONS: readonly ReferenceDeviations[] = [
  {
    plugin: "bridge",
    version: "1.0.0",
    breaks: [...BRIDGE, "dlg.add.fail.del"],
    keeps: ["cfg.del.tolerant", "conc.add", "del.idempotent", "dlg.env"],
  },
  {
    plugin: "bridge",
    version: "0.4.0",
    breaks: [...BRIDGE, "add.result.dns"],
    keeps: ["add.result.version", "conc.mixed"],
  },
  {
    plugin: "loopback",
    version: "1.0.0",
    breaks: [
      ...[
        "cfg.dns.semantics",
        "check.prevresult.consulted",
        "check.prevresult.required",
        "check.tamper.ip-removed",
        "check.tamper.ip-replaced",
      ],
      ...["del.netns.notnetns", "env.ifname.honoured"],
    ],
    keeps: ["check.unknown", "add.fail.afterdel", "add.up"],
  },
  {
    plugin: "loopback",
    version: "0.3.1",
    breaks: ["add.result.shape.03x", "add.result.shape.ipversion", "del.netns.notnetns", "env.ifname.honoured"],
    keeps: ["add.result.version", "del.ok"],
  },
  {
    plugin: "loopback",
    version: "0.2.0",
    breaks: ["add.result.nofuture", "add.result.shape.020", "env.ifname.honoured"],
    keeps: ["del.ok"],
  },
  {
    plugin: "host-local",
    version: "1.0.0",
    breaks: [
      "cfg.del.tolerant",
      "check.prevresult.consulted",
      "check.prevresult.required",
      "check.tamper.lease-ip",
      "env.args.unconsumed",
    ],
    keeps: ["add.duplicate", "conc.add", "del.lease", "ipam.exhausted"],
  },
  {
    plugin: "portmap",
    version: "1.0.0",
    breaks: ["check.after-add", "del.same-cid"],
    sometimes: ["conc.add", "conc.shared-once"],
    keeps: ["add.prevresult.pass", "del.prevresult.absent", "env.args.unconsumed"],
  },
  {
    plugin: "sbr",
    version: "1.0.0",
    breaks: [
      ...[
        "add.fail.afterdel",
        "check.prevresult.required",
        "check.tamper.netns",
        "check.tamper.policy",
        "check.unknown",
        "del.idempotent",
        "del.link.gone",
      ],
      ...[
        "del.netns.gone",
        "del.netns.notnetns",
        "del.netns.unset",
        "del.prevresult.empty",
        "del.sideeffect.path",
        "del.undo",
      ],
    ],
    keeps: ["env.args.unconsumed", "check.after-add"],
  },
  {
    plugin: "host-device",
    version: "1.0.0",
    breaks: [
      ...[
        "add.fail.retry",
        "add.prevresult.interface",
        "cfg.invalid.clean",
        "check.tamper.link-down",
        "check.tamper.route-gw",
        "del.after-failed-add",
        "del.device.returned",
      ],
      ...[
        "del.idempotent",
        "del.link.gone",
        "del.netns.gone",
        "del.netns.notnetns",
        "del.netns.unset",
        "del.never-added",
      ],
      ...["dlg.add.fail.del", "dlg.del", "dlg.del.cleans", "err.code", "err.code.reserved"],
    ],
    keeps: ["add.existing-ifname", "check.tamper.mac", "del.lease", "del.ok", "env.args.unconsumed"],
  },
  {
    plugin: "static",
    version: "1.0.0",
    breaks: ["add.duplicate", "check.prevresult.consulted", "check.unknown", "env.args.unconsumed"],
    keeps: ["del.never-added", "ipam.dns"],
  },
  {
    plugin: "firewall",
    version: "1.0.0",
    breaks: ["del.prevresult.absent"],
    sometimes: ["conc.add", "conc.shared-once"],
    keeps: ["check.after-add", "check.tamper.rules", "del.idempotent", "add.prevresult.pass"],
  },
  {
    plugin: "ptp",
    version: "1.0.0",
    breaks: [
      ...[
        "add.multi-ifname",
        "add.prevresult.interface",
        "check.tamper.forwarding",
        "check.tamper.gateway",
        "check.tamper.host-link",
        "check.tamper.route-gw",
      ],
      ...[
        "check.tamper.rules",
        "del.netns.gone.host",
        "del.netns.notnetns",
        "del.netns.unset.host",
        "dlg.add.fail.del",
        "dlg.del.cleans",
        "err.code",
        "err.code.reserved",
      ],
    ],
    keeps: ["cfg.invalid.clean", "dlg.del", "env.args.unconsumed"],
  },
  {
    plugin: "macvlan",
    version: "1.0.0",
    breaks: [
      ...[
        "add.prevresult.interface",
        "cfg.invalid.clean",
        "check.tamper.route-gw",
        "del.netns.notnetns",
        "dlg.add.fail.del",
        "dlg.del.cleans",
        "env.args.unconsumed",
      ],
      ...["err.code", "err.code.reserved"],
    ],
    keeps: ["add.multi-ifname", "check.tamper.link-down", "dlg.del"],
  },
  {
    plugin: "bandwidth",
    version: "1.0.0",
    breaks: [
      "cap.none",
      "check.after-add",
      "check.tamper.shaping",
      "del.undo",
      "env.exit.success",
      "exec.crash",
      "exec.error",
    ],
    keeps: ["del.same-cid", "leak.links"],
  },
  {
    plugin: "tuning",
    version: "1.0.0",
    breaks: ["del.other-network", "del.undo", "env.args.unconsumed"],
    keeps: ["check.tamper.sysctl", "del.same-cid"],
  },
  { plugin: "simplecni", version: "1.1.0", breaks: [], keeps: ["check.stable.peers", "gc.stale.lease", "add.creates"] },
];

/** Violated clauses in earlier versions, for the nightly test; levels and clauses differ between versions. */
const EARLIER: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  ptp: {
    "0.4.0": [
      ...[
        "add.multi-ifname",
        "add.prevresult.interface",
        "check.tamper.forwarding",
        "check.tamper.gateway",
        "check.tamper.host-link",
        "check.tamper.route-gw",
      ],
      ...[
        "check.tamper.rules",
        "del.netns.gone.host",
        "del.netns.notnetns",
        "del.netns.unset.host",
        "err.code",
        "err.code.reserved",
      ],
    ],
    "0.3.1": ["add.prevresult.interface", "del.netns.gone.host", "del.netns.notnetns", "err.code", "err.code.reserved"],
    "0.2.0": ["err.code", "err.code.reserved"],
  },
  macvlan: {
    "0.4.0": [
      "add.prevresult.interface",
      "add.result.dns",
      "cfg.invalid.clean",
      "check.tamper.route-gw",
      "del.netns.notnetns",
      "env.args.unconsumed",
      "err.code",
      "err.code.reserved",
    ],
    "0.3.1": [
      "add.prevresult.interface",
      "add.result.dns",
      "cfg.invalid.clean",
      "del.netns.notnetns",
      "env.args.unconsumed",
      "err.code",
      "err.code.reserved",
    ],
    "0.2.0": ["add.result.dns", "cfg.invalid.clean", "env.args.unconsumed", "err.code", "err.code.reserved"],
  },
  bridge: {
    "0.3.1": [
      "add.prevresult.interface",
      "add.result.dns",
      "cfg.invalid.clean",
      "del.netns.gone.host",
      "del.netns.notnetns",
      "env.args.unconsumed",
      "err.code",
      "err.code.reserved",
      "version.list.truth.listed",
    ],
    "0.2.0": [
      "add.result.dns",
      "cfg.invalid.clean",
      "env.args.unconsumed",
      "err.code",
      "err.code.reserved",
      "version.list.truth.listed",
    ],
  },
  "host-local": {
    "0.4.0": [
      "cfg.del.tolerant",
      "check.prevresult.consulted",
      "check.prevresult.required",
      "check.tamper.lease-ip",
      "env.args.unconsumed",
    ],
    "0.3.1": ["env.args.unconsumed"],
    "0.2.0": ["env.args.unconsumed"],
  },
  static: {
    "0.4.0": ["check.prevresult.consulted", "check.unknown", "env.args.unconsumed"],
    "0.2.0": ["env.args.unconsumed"],
  },
  bandwidth: {
    "0.4.0": [
      "cap.none",
      "check.after-add",
      "check.tamper.shaping",
      "del.undo",
      "env.exit.success",
      "exec.crash",
      "exec.error",
    ],
    "0.3.1": ["del.undo"],
  },
  tuning: {
    "0.4.0": ["del.other-network", "del.undo", "env.args.unconsumed"],
    "0.3.1": ["del.undo", "env.args.unconsumed"],
    "0.2.0": ["del.undo", "env.args.unconsumed"],
  },
  sbr: {
    "0.3.1": [
      "del.idempotent",
      "del.link.gone",
      "del.netns.gone",
      "del.netns.notnetns",
      "del.sideeffect.path",
      "del.undo",
    ],
    "0.2.0": ["del.sideeffect.path", "del.undo"],
  },
};

export const EARLIER_DEVIATIONS: readonly ReferenceDeviations[] = Object.entries(EARLIER).flatMap(
  ([plugin, versions]) => Object.entries(versions).map(([version, breaks]) => ({ plugin, version, breaks, keeps: [] })),
);
