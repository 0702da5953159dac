/** All mutants. */
import { CHAINED, EFFECTS } from "./mutants-effects.ts";
import { CHECK } from "./mutants-check.ts";
import { DEL } from "./mutants-del.ts";
import { DELEGATION } from "./mutants-delegation.ts";
import { GC, STATUS } from "./mutants-gc.ts";
import { CONFIG, VERSION } from "./mutants-input.ts";
import { IPAM } from "./mutants-ipam.ts";
import { ENVIRONMENT, OUTPUT } from "./mutants-protocol.ts";
import { OFFERS } from "./mutants-offers.ts";
import { RESULT } from "./mutants-result.ts";
import { MORE_LIFE } from "./mutants-life.ts";
import { MORE_PROTOCOL, MORE_RESULT } from "./mutants-more.ts";
import type { Mutant } from "./mutant.ts";

export const MUTANTS: readonly Mutant[] = [
  ...OUTPUT,
  ...ENVIRONMENT,
  ...CONFIG,
  ...VERSION,
  ...RESULT,
  ...EFFECTS,
  ...CHAINED,
  ...OFFERS,
  ...DEL,
  ...CHECK,
  ...GC,
  ...STATUS,
  ...IPAM,
  ...DELEGATION,
  ...MORE_PROTOCOL,
  ...MORE_RESULT,
  ...MORE_LIFE,
];
