/** Applies Holm's step-down correction (Scandinavian Journal of Statistics 6, 1979). Preserves the order. */
export function holm(ps: readonly number[]): number[] {
  const adjusted = new Array<number>(ps.length);
  let running = 0;
  [...ps.keys()]
    .sort((i, j) => (ps[i] as number) - (ps[j] as number))
    .forEach((index, position) => {
      running = Math.max(running, Math.min(1, (ps.length - position) * (ps[index] as number)));
      adjusted[index] = running;
    });
  return adjusted;
}
