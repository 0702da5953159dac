/** The result of a verification without a difference. */
export interface Verified {
  /** Sentences about what was checked. */
  readonly checked: readonly string[];
  /** Sentences about what was not checked, and why. */
  readonly unchecked: readonly string[];
}
