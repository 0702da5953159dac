/** What a report says if only some clauses were selected. */
import type { ConformanceReport } from "../../results/index.ts";
import type { Text } from "../language/text.ts";

/** A sentence about the selection; null if all clauses were tested. */
export function selectionNote({ only }: Pick<ConformanceReport, "only">): Text | null {
  return only === undefined
    ? null
    : {
        en: `Only the clauses that match "${only}" were tested; the plugin as a whole has no verdict.`,
        zh: `仅测试了匹配 "${only}" 的条款；对整个插件没有结论。`,
      };
}
