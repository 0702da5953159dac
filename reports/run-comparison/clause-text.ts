/** The texts of compared clauses, which all formats share. External text is not escaped here. */
import type { ClauseStatus, ComparedClause } from "../../results/index.ts";
import type { Text } from "../language/text.ts";

const STATUS_WORDS: Readonly<Record<ClauseStatus, Text>> = {
  pass: { en: "passed", zh: "通过" },
  fail: { en: "failed", zh: "未通过" },
  known: { en: "known deviation", zh: "已知偏差" },
  skip: { en: "skipped", zh: "跳过" },
  missing: { en: "not tested", zh: "未测试" },
};

/** `passed → failed`, or `failed` for an unchanged status. */
export function statusText({ base, head }: Pick<ComparedClause, "base" | "head">): Text {
  const [before, after] = [STATUS_WORDS[base], STATUS_WORDS[head]];
  return base === head ? after : { en: `${before.en} → ${after.en}`, zh: `${before.zh} → ${after.zh}` };
}

/** Returns the requirement of a clause and what was observed, in one English line. */
export function observationText({ sentence, message, section, reason }: ComparedClause): string {
  const note = reason === undefined ? "" : `; ${reason}`;
  return `${sentence === undefined ? section : `${sentence} (${section})`}: ${message}${note}`;
}

/** Returns everything about a clause except its ID in one English line, for formats without a table. */
export function clauseSentence(clause: ComparedClause): string {
  return `${clause.level}, ${statusText(clause).en}; ${observationText(clause)}`;
}

/** Names a clause with its ID, and what changed. */
export function clauseLine(clause: ComparedClause): string {
  return `${clause.id}: ${clauseSentence(clause)}`;
}
