/**
 * Deviations that every plugin built on the Go skeleton library has in common: they say something about that library, so
 * a verdict is also given without them.
 */
import { atLeast, type SpecVersion } from "../../cni/version.ts";

interface SharedDeviation {
  readonly clause: string;
  /** Only where what was seen matches; absent: always. */
  readonly got?: RegExp;
  readonly before?: SpecVersion;
}

const SHARED_DEVIATIONS: readonly SharedDeviation[] = [
  { clause: "version.echo" },
  { clause: "env.command.missing", got: /^exit code 0$/ },
  { clause: "env.exit.failure", got: /^exit code 0$/ },
  { clause: "env.error.names" },
  { clause: "env.path.optional", got: /required env variables \[CNI_PATH\] missing/ },
  { clause: "env.path.status", got: /required env variables \[CNI_PATH\] missing/ },
  { clause: "err.cniversion" },
  // Its codes 4 to 7 are those of 1.0.0, whatever version is spoken.
  { clause: "err.code.reserved", got: /^[4-7]$/, before: "1.0.0" },
];

/** Whether a failure of the clause is the skeleton's. */
export function isGoSkeletonDeviation(clause: string, version: SpecVersion, got: string): boolean {
  return SHARED_DEVIATIONS.some(
    (shared) =>
      shared.clause === clause &&
      (shared.got?.test(got) ?? true) &&
      !(shared.before && atLeast(version, shared.before)),
  );
}
