/** All mutants. */
import { CHAINED } from "./mutants-chained.ts";
import { EFFECTS } from "./mutants-effects.ts";
import { CHECK } from "./mutants-check.ts";
import { DEL } from "./mutants-del.ts";
import { DELEGATION } from "./mutants-delegation.ts";
import { GC, STATUS } from "./mutants-gc.ts";
import { CONFIG, VERSION } from "./mutants-input.ts";
import { IPAM } from "./mutants-ipam.ts";
import { ENVIRONMENT } from "./mutants-environment.ts";
import { OUTPUT } from "./mutants-output.ts";
import { CAPABILITIES } from "./mutants-capabilities.ts";
import { RESULT } from "./mutants-result.ts";
import { EXTRA_LIFECYCLE } from "./mutants-extra-lifecycle.ts";
import { EXTRA_PROTOCOL, EXTRA_RESULT } from "./mutants-extra.ts";
import type { Mutant } from "./mutant.ts";

export const MUTANTS: readonly Mutant[] = [
  ...OUTPUT,
  ...ENVIRONMENT,
  ...CONFIG,
  ...VERSION,
  ...RESULT,
  ...EFFECTS,
  ...CHAINED,
  ...CAPABILITIES,
  ...DEL,
  ...CHECK,
  ...GC,
  ...STATUS,
  ...IPAM,
  ...DELEGATION,
  ...EXTRA_PROTOCOL,
  ...EXTRA_RESULT,
  ...EXTRA_LIFECYCLE,
];
