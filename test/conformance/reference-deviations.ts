/**
 * Deviations of the reference plugins of release 1.1.1, verified by hand, without those that all plugins on the Go
 * skeleton library share, and without clauses beyond the specification.
 */
import { atLeast, SPEC_VERSIONS, type SpecVersion } from "../../cni/spec-versions.ts";

export interface ReferenceDeviations {
  readonly plugin: string;
  readonly version: SpecVersion;
  /** Every MUST, derived and SHOULD clause that the plugin violates. */
  readonly breaks: readonly string[];
  /** Clauses that the plugin violates only in some runs. */
  readonly sometimes: readonly string[];
  /** Some clauses that the plugin satisfies, although a wrong test would easily fail it. */
  readonly keeps: readonly string[];
}

/** Clauses that a plugin violates in a range of versions, separated by spaces. Default: all versions. */
interface Violations {
  readonly from?: SpecVersion;
  readonly to?: SpecVersion;
  readonly clauses: string;
}

interface PluginDeviations {
  readonly breaks: readonly Violations[];
  /** As {@link ReferenceDeviations}, separated by spaces. */
  readonly sometimes?: string;
  /** As {@link ReferenceDeviations}, by version, separated by spaces. Every test run covers these versions. */
  readonly keeps: Partial<Record<SpecVersion, string>>;
  /** The versions that only the nightly test covers. */
  readonly nightly?: readonly SpecVersion[];
}

const DEVIATIONS: Readonly<Record<string, PluginDeviations>> = {
  bridge: {
    breaks: [
      {
        clauses: "cfg.invalid.clean env.args.unconsumed err.code err.code.reserved version.list.truth.listed",
      },
      { to: "0.4.0", clauses: "add.result.dns" },
      { from: "0.3.1", clauses: "add.prevresult.interface del.netns.gone.host del.netns.notnetns" },
      {
        from: "0.4.0",
        clauses: `check.after-add check.later-plugin check.stable.peers check.tamper.forwarding check.tamper.gateway
          check.tamper.host-link check.tamper.route-gw check.tamper.rules del.netns.unset.host del.same-cid`,
      },
      { from: "1.0.0", clauses: "dlg.add.fail.del" },
    ],
    keeps: {
      "1.0.0": `cfg.del.tolerant check.tamper.host-attributes check.tamper.ip-family check.tamper.ip-prefix
        check.tamper.route-table check.tamper.route-unlisted conc.add del.idempotent dlg.env`,
      "0.4.0": "add.result.version conc.mixed",
    },
    nightly: ["0.2.0", "0.3.1"],
  },
  loopback: {
    breaks: [
      { clauses: "env.ifname.honoured" },
      { to: "0.2.0", clauses: "add.result.nofuture add.result.shape.020" },
      { from: "0.3.1", to: "0.4.0", clauses: "add.result.shape.03x add.result.shape.ipversion" },
      { from: "0.3.1", clauses: "del.netns.notnetns" },
      {
        from: "0.4.0",
        clauses: `check.prevresult.consulted check.prevresult.required check.tamper.ip-family check.tamper.ip-prefix
          check.tamper.ip-removed check.tamper.ip-replaced`,
      },
      { from: "1.0.0", clauses: "cfg.dns.semantics" },
    ],
    keeps: {
      "1.0.0": "check.unknown add.fail.afterdel add.up conc.add conc.mixed",
      "0.3.1": "add.result.version del.ok",
      "0.2.0": "del.ok",
    },
    nightly: ["0.4.0"],
  },
  "host-local": {
    breaks: [
      // LoadIPAMConfig appends args.cni.ips to the address of CNI_ARGS, and one range provides one of them only.
      { clauses: "env.args.unconsumed ipam.request.precedence" },
      {
        from: "0.4.0",
        clauses: "cfg.del.tolerant check.prevresult.consulted check.prevresult.required check.tamper.lease-ip",
      },
    ],
    keeps: { "1.0.0": "add.duplicate conc.add del.lease ipam.exhausted ipam.request.taken ipam.request.unique" },
    nightly: ["0.2.0", "0.3.1", "0.4.0"],
  },
  portmap: {
    breaks: [{ clauses: "check.after-add del.same-cid" }],
    sometimes: "conc.add conc.mixed conc.shared-once",
    keeps: { "1.0.0": "add.prevresult.pass del.prevresult.absent env.args.ignoreunknown env.args.unconsumed" },
  },
  sbr: {
    breaks: [
      { clauses: "del.sideeffect.path del.undo" },
      { from: "0.3.1", clauses: "del.idempotent del.link.gone del.netns.gone del.netns.notnetns" },
      {
        from: "0.4.0",
        clauses: `add.fail.afterdel check.prevresult.required check.tamper.netns check.tamper.policy check.unknown
          del.netns.unset del.prevresult.empty`,
      },
    ],
    keeps: { "1.0.0": "env.args.unconsumed check.after-add" },
    nightly: ["0.2.0", "0.3.1"],
  },
  "host-device": {
    breaks: [
      {
        clauses: `add.fail.retry add.prevresult.interface cfg.invalid.clean check.tamper.link-down check.tamper.route-gw
          del.after-failed-add del.device.returned del.idempotent del.link.gone del.netns.gone del.netns.notnetns
          del.netns.unset del.never-added dlg.add.fail.del dlg.del dlg.del.cleans err.code err.code.reserved`,
      },
    ],
    keeps: { "1.0.0": "add.existing-ifname check.tamper.mac del.lease del.ok env.args.unconsumed" },
  },
  static: {
    breaks: [
      { clauses: "env.args.unconsumed" },
      { from: "0.4.0", clauses: "check.prevresult.consulted check.unknown" },
      { from: "1.0.0", clauses: "add.duplicate" },
    ],
    keeps: { "1.0.0": "del.never-added ipam.dns" },
    nightly: ["0.2.0", "0.4.0"],
  },
  firewall: {
    breaks: [{ clauses: "del.prevresult.absent" }],
    sometimes: "conc.add conc.mixed conc.shared-once",
    keeps: { "1.0.0": "check.after-add check.tamper.rules del.idempotent add.prevresult.pass" },
  },
  ptp: {
    breaks: [
      { clauses: "err.code err.code.reserved" },
      { from: "0.3.1", clauses: "add.prevresult.interface del.netns.gone.host del.netns.notnetns" },
      {
        from: "0.4.0",
        // CHECK inspects only the container.
        clauses: `add.multi-ifname check.tamper.forwarding check.tamper.gateway check.tamper.host-attributes
          check.tamper.host-link check.tamper.host-route check.tamper.route-gw check.tamper.rules del.netns.unset.host`,
      },
      { from: "1.0.0", clauses: "dlg.add.fail.del dlg.del.cleans" },
    ],
    keeps: { "1.0.0": "cfg.invalid.clean dlg.del env.args.unconsumed" },
    nightly: ["0.2.0", "0.3.1", "0.4.0"],
  },
  macvlan: {
    breaks: [
      { clauses: "cfg.invalid.clean env.args.unconsumed err.code err.code.reserved" },
      { to: "0.4.0", clauses: "add.result.dns" },
      { from: "0.3.1", clauses: "add.prevresult.interface del.netns.notnetns" },
      { from: "0.4.0", clauses: "check.tamper.route-gw" },
      { from: "1.0.0", clauses: "dlg.add.fail.del dlg.del.cleans" },
    ],
    keeps: { "1.0.0": "add.multi-ifname check.tamper.link-down check.tamper.link-mode dlg.del" },
    nightly: ["0.2.0", "0.3.1", "0.4.0"],
  },
  bandwidth: {
    breaks: [
      { clauses: "del.undo" },
      {
        from: "0.4.0",
        clauses: "cap.none check.after-add check.tamper.shaping env.exit.success",
      },
      // It crashes in CHECK of a pod without a limit, and in ADD without prevResult.
      { from: "0.3.0", clauses: "exec.crash exec.error" },
    ],
    keeps: { "1.0.0": "del.same-cid leak.links" },
    nightly: ["0.3.1", "0.4.0"],
  },
  tuning: {
    breaks: [
      { clauses: "del.undo env.args.unconsumed" },
      { from: "0.4.0", clauses: "del.other-network" },
      // The clause whose execution crashes is tested once, in the newest version.
      { from: "1.0.0", clauses: "exec.crash exec.error" },
    ],
    keeps: { "1.0.0": "check.tamper.settings check.tamper.sysctl del.same-cid" },
    nightly: ["0.2.0", "0.3.1", "0.4.0"],
  },
  simplecni: {
    breaks: [],
    keeps: {
      "1.1.0": "check.stable.peers check.tamper.host-attributes check.tamper.route-table gc.stale.lease add.creates",
    },
  },
};

/** The deviations in every covered version. */
export const NIGHTLY_DEVIATIONS: readonly ReferenceDeviations[] = Object.entries(DEVIATIONS).flatMap(
  ([plugin, { breaks, sometimes = "", keeps, nightly = [] }]) =>
    SPEC_VERSIONS.filter((version) => keeps[version] !== undefined || nightly.includes(version)).map((version) => ({
      plugin,
      version,
      breaks: breaks.filter((range) => contains(range, version)).flatMap(({ clauses }) => words(clauses)),
      sometimes: words(sometimes),
      keeps: words(keeps[version] ?? ""),
    })),
);

/** The deviations in the versions that every test run covers. */
export const REFERENCE_DEVIATIONS = NIGHTLY_DEVIATIONS.filter(({ keeps }) => keeps.length > 0);

function contains({ from, to }: Violations, version: SpecVersion): boolean {
  return (from === undefined || atLeast(version, from)) && (to === undefined || atLeast(to, version));
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
