/**
 * The suite finds the deviations of the reference plugins that were verified by hand, no more and no fewer. The
 * nightly test covers all clauses.
 */
import { expect, test } from "vitest";
import { useLab } from "./lab.ts";
import { REFERENCE_DEVIATIONS } from "./reference-deviations.ts";
import { brokenClauses, runShippedProfile } from "./shipped-profile.ts";

const lab = useLab();

/** A clause beyond the specification, in which tuning crashes. */
const CRASHING = "cfg.args.noncrash";

test.each(REFERENCE_DEVIATIONS)(
  "$plugin at $version",
  async ({ plugin, version, breaks, keeps }) => {
    const { conformance, warnings } = await runShippedProfile(
      lab(),
      plugin,
      [version],
      [...breaks, ...keeps, ...(breaks.includes("exec.crash") ? [CRASHING] : [])].join(","),
    );
    expect(warnings.filter(({ code }) => code === "test-failed")).toEqual([]);
    expect(brokenClauses(conformance)).toEqual([...breaks].sort());
    const kept = conformance.filter(({ clause }) => keeps.includes(clause));
    expect(kept.map(({ clause, status }) => `${clause} ${status}`).sort()).toEqual(
      [...keeps].sort().map((clause) => `${clause} pass`),
    );
  },
  120_000,
);

/**
 * Plugins of release 1.1.1, all built on the Go skeleton. ADD of dhcp and of the last three does not work on every
 * machine, which does not affect these clauses.
 */
const REFERENCE = [
  "bridge",
  "ptp",
  "macvlan",
  "host-device",
  "loopback",
  "host-local",
  "static",
  "portmap",
  "bandwidth",
  "firewall",
  "tuning",
  "sbr",
  "dhcp",
  "ipvlan",
  "vlan",
  "vrf",
];
const SHARED = [
  "env.command.missing",
  "env.error.names",
  "env.exit.failure",
  "env.path.optional",
  "err.cniversion",
  "version.echo",
];

test.each(REFERENCE)(
  "%s has the deviations of the Go skeleton, and they are reported as such",
  async (plugin) => {
    const { conformance } = await runShippedProfile(lab(), plugin, ["1.0.0"], SHARED.join(","));
    expect(
      conformance
        .filter(({ status, goSkeleton }) => status === "fail" && goSkeleton)
        .map(({ clause }) => clause)
        .sort(),
    ).toEqual(SHARED);
  },
  120_000,
);
