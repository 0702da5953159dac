/** Every clause, in the order of the specification's operations. */
import type { Clause } from "../clause.ts";
import { addEffects } from "./add-effects.ts";
import { addResult } from "./add-result.ts";
import { check } from "./check.ts";
import { del } from "./del.ts";
import { version } from "./version.ts";

export const CLAUSES: readonly Clause[] = [...version, ...addResult, ...addEffects, ...del, ...check];
