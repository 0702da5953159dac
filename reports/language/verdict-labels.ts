/** The words for verdicts. */
import type { Comparison } from "../../results/index.ts";
import type { Text } from "./text.ts";

/** Returns the verdict on the first plugin of a pair, seen from its side. */
export function verdictLabel(verdict: Comparison["verdict"]): Text {
  return VERDICTS[verdict];
}

const VERDICTS: Readonly<Record<Comparison["verdict"], Text>> = {
  better: { en: "better", zh: "更优" },
  worse: { en: "worse", zh: "更差" },
  equal: { en: "equal", zh: "相等" },
  undecided: { en: "undecided", zh: "未定" },
};
