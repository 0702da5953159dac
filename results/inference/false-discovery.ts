/**
 * Selects questions so that the expected share of false ones among them is bounded (Benjamini and Hochberg, Journal of
 * the Royal Statistical Society B 57, 1995).
 * @param ps one p-value for each question
 * @param rate bound of the false discovery rate, e.g. 0.1
 * @returns the level at which each question is decided: rate * selected / questions (Benjamini and Bogomolov, Journal
 * of the Royal Statistical Society B 76, 2014). A question is selected if its p-value is at most this level. 0 if none
 * is selected.
 */
export function selectionLevel(ps: readonly number[], rate: number): number {
  const sorted = [...ps].sort((a, b) => a - b);
  for (let selected = sorted.length; selected > 0; selected--) {
    const level = (rate * selected) / sorted.length;
    if ((sorted[selected - 1] as number) <= level) return level;
  }
  return 0;
}
