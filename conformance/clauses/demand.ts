/** The errors by which the test of a clause reports its verdict. A test that returns has passed. */
import type { Invocation } from "../../cni/index.ts";

/** The plugin violates the clause. */
export class Deviation extends Error {
  override readonly name = "Deviation";
  readonly expected: string;
  readonly got: string;
  /** Lines that show the deviation: a difference of snapshots, output of the plugin. */
  readonly evidence: readonly string[];
  /** The call that shows the deviation, possibly by another test; null: the last call of the test. */
  readonly call: Invocation | null;
  constructor(expected: string, got: string, evidence: readonly string[] = [], call: Invocation | null = null) {
    super(`expected ${expected}; got ${got}`);
    this.expected = expected;
    this.got = got;
    this.evidence = evidence;
    this.call = call;
  }
}

/** The clause cannot be judged, because a prerequisite failed. */
export class Skip extends Error {
  override readonly name: string = "Skip";
}

/** The clause does not concern this plugin or machine; the skip does not leave the verdict open. */
export class NotApplicable extends Skip {
  override readonly name = "NotApplicable";
}

/**
 * @param shownBy lines that show the deviation, or the call that shows it (default: the last call of the test)
 * @throws Deviation unless the condition holds
 */
export function demand(
  holds: boolean,
  expected: string,
  got: string,
  shownBy: readonly string[] | Invocation = [],
): asserts holds {
  if (holds) return;
  throw "output" in shownBy ? new Deviation(expected, got, [], shownBy) : new Deviation(expected, got, shownBy);
}

/** @throws Skip unless the condition holds */
export function skipUnless(holds: boolean, reason: string): asserts holds {
  if (!holds) throw new Skip(reason);
}

/** @throws NotApplicable unless the condition holds */
export function notApplicableUnless(holds: boolean, reason: string): asserts holds {
  if (!holds) throw new NotApplicable(reason);
}

/** Returns null when the promise is rejected because the clause does not apply. */
export async function ifApplicable<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof NotApplicable) return null;
    throw error;
  }
}
