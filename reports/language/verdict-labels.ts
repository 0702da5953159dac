/** The words for verdicts and for the states of cells. */
import type { Comparison, SummaryCell } from "../../results/index.ts";
import type { Text } from "./text.ts";

/** Returns the verdict on the first plugin of a pair, seen from its side. */
export function verdictLabel(verdict: Comparison["verdict"]): Text {
  return VERDICTS[verdict];
}

/** Returns whether a cell was measured. */
export function stateLabel(state: SummaryCell["state"]): Text {
  return STATES[state];
}

const VERDICTS: Readonly<Record<Comparison["verdict"], Text>> = {
  better: { en: "better", zh: "更优" },
  worse: { en: "worse", zh: "更差" },
  equal: { en: "equal", zh: "相等" },
  undecided: { en: "undecided", zh: "未定" },
};

const STATES: Readonly<Record<SummaryCell["state"], Text>> = {
  measured: { en: "measured", zh: "已测量" },
  failed: { en: "failed", zh: "失败" },
  skipped: { en: "skipped", zh: "已跳过" },
};
