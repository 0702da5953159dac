/** Column titles of the verdict table, in the order of a row. */
export const VERDICT_COLUMNS: readonly string[] = [
  "Plugin",
  "CNI version",
  "Verdict",
  "Verdict without Go skeleton",
  "Passed",
  "MUST/derived failed",
  "SHOULD failed",
  "Beyond spec failed",
  "Known",
  "Skipped",
];
