/** The stored raw output of a repetition, from which its values are recomputed (docs/data-format.md). Pure. */

/** The raw output of one repetition, by role. */
export interface StoredOutputs {
  readonly roles: readonly string[];
  /** Returns the standard output of a role. @throws Error if it was not stored */
  readonly stdout: (role: string) => string;
  /** Returns the command line of a role, after a comment with its exit status. @throws Error if it was not stored */
  readonly command: (role: string) => string;
}

/** Returns the roles of repeated commands: `mtu`, `mtu-2`, `mtu-3`. */
export function rolesNamed(name: string, { roles }: StoredOutputs): readonly string[] {
  const isRepeated = (role: string): boolean =>
    role.startsWith(`${name}-`) && /^\d+$/.test(role.slice(name.length + 1));
  return roles.filter((role) => role === name || isRepeated(role));
}
