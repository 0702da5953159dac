/** The words for verdicts, statuses and levels of clauses on a page. MUST, SHOULD and MAY are those of RFC 2119. */
import type { ConformanceRow, ConformanceVerdict } from "../../results/index.ts";
import { same, type Text } from "../language/text.ts";

export const VERDICT_LABELS: Readonly<Record<ConformanceVerdict, Text>> = {
  conformant: { en: "conformant", zh: "符合" },
  "selection passed": { en: "selection passed", zh: "所选条款通过" },
  "not conformant": { en: "not conformant", zh: "不符合" },
  "not tested": { en: "not tested", zh: "未测试" },
};

export const STATUS_LABELS: Readonly<Record<ConformanceRow["status"], Text>> = {
  pass: { en: "pass", zh: "通过" },
  fail: { en: "FAIL", zh: "未通过" },
  known: { en: "known", zh: "已知" },
  skip: { en: "skip", zh: "跳过" },
};

const LEVEL_LABELS: Readonly<Record<ConformanceRow["level"], Text>> = {
  MUST: same("MUST"),
  derived: { en: "derived", zh: "衍生" },
  SHOULD: same("SHOULD"),
  MAY: same("MAY"),
  beyond: { en: "beyond", zh: "超出规范" },
};

/** Returns the word for a level; a level of another version keeps its name. */
export function levelLabel(level: string): Text {
  return Object.hasOwn(LEVEL_LABELS, level) ? LEVEL_LABELS[level as ConformanceRow["level"]] : same(level);
}

export const NOT_TESTED: Text = { en: "Not tested", zh: "未测试" };
