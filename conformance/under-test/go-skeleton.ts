/**
 * Deviations that all plugins built on the Go skeleton library share. They are defects of the library, so a second
 * verdict omits them.
 */
import { atLeast, type SpecVersion } from "../../cni/version.ts";

interface SharedDeviation {
  readonly clause: string;
  /** What the test got. Default: anything. */
  readonly got?: RegExp;
  /** Only versions before this one. Default: all versions. */
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
  // The library uses codes 4 to 7 of version 1.0.0 in every version.
  { clause: "err.code.reserved", got: /^[4-7]$/, before: "1.0.0" },
];

/** Reports whether the Go skeleton library causes this failure of the clause. */
export function isGoSkeletonDeviation(clause: string, version: SpecVersion, got: string): boolean {
  return SHARED_DEVIATIONS.some(
    (shared) =>
      shared.clause === clause &&
      (shared.got?.test(got) ?? true) &&
      !(shared.before && atLeast(version, shared.before)),
  );
}
