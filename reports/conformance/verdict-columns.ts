/** The columns of the verdict table: one row per plugin and version of the specification. */
import type { VersionVerdict } from "../../results/index.ts";
import type { Text } from "../language/text.ts";

export interface VerdictColumn {
  /** Title in a document. */
  readonly title: Text;
  /** Title in a terminal. */
  readonly terminalTitle: string;
  readonly kind: "plugin" | "version" | "verdict" | "count";
  readonly value: (verdict: VersionVerdict) => string | number;
}

export const VERDICT_COLUMNS: readonly VerdictColumn[] = [
  { title: { en: "Plugin", zh: "插件" }, terminalTitle: "plugin", kind: "plugin", value: ({ plugin }) => plugin },
  {
    title: { en: "CNI version", zh: "CNI 版本" },
    terminalTitle: "spec",
    kind: "version",
    value: ({ specVersion }) => specVersion,
  },
  { title: { en: "Verdict", zh: "结论" }, terminalTitle: "verdict", kind: "verdict", value: ({ verdict }) => verdict },
  {
    title: { en: "Verdict without Go skeleton", zh: "不计 Go 骨架库的结论" },
    terminalTitle: "without Go skeleton",
    kind: "verdict",
    value: ({ withoutGoSkeleton }) => withoutGoSkeleton,
  },
  { title: { en: "Passed", zh: "通过" }, terminalTitle: "passed", kind: "count", value: ({ passed }) => passed },
  {
    title: { en: "MUST/derived failed", zh: "MUST/衍生条款未通过" },
    terminalTitle: "failed",
    kind: "count",
    value: ({ failed }) => failed,
  },
  {
    title: { en: "SHOULD failed", zh: "SHOULD 未通过" },
    terminalTitle: "SHOULD failed",
    kind: "count",
    value: ({ failedShould }) => failedShould,
  },
  {
    title: { en: "Beyond spec failed", zh: "超出规范的条款未通过" },
    terminalTitle: "beyond failed",
    kind: "count",
    value: ({ failedBeyond }) => failedBeyond,
  },
  { title: { en: "Known", zh: "已知偏差" }, terminalTitle: "known", kind: "count", value: ({ known }) => known },
  { title: { en: "Skipped", zh: "已跳过" }, terminalTitle: "skipped", kind: "count", value: ({ skipped }) => skipped },
];

/** Columns for the core clauses that a run checks: too few for a verdict on the plugin. */
export const COUNT_COLUMNS: readonly VerdictColumn[] = VERDICT_COLUMNS.filter(({ kind }) => kind !== "verdict");
