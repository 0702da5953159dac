/**
 * The dip of a sample: the largest distance between its distribution function and the closest one with a single mode
 * (Hartigan and Hartigan, Annals of Statistics 13, 1985; Hartigan, algorithm AS 217, Applied Statistics 34, 1985).
 * Indexes are those of the algorithm, from 1.
 */

/** The sorted values, with an unused first element. */
type Values = Float64Array;

/** A convex minorant or concave majorant of the distribution function: the indexes that it touches. */
type Hull = readonly number[];

/** Returns the dip, from 1/(2n) to 1/4. @param sample at least one finite number */
export function dipOf(sample: readonly number[]): number {
  const n = sample.length;
  const values = Float64Array.of(0, ...Float64Array.from(sample).sort());
  if (values[1] === values[n]) return 1 / (2 * n);
  const [below, above] = [minorantLinks(values, n), majorantLinks(values, n)];
  let [low, high, dip] = [1, n, 1];
  for (;;) {
    const minorant = chain(below, high, low).reverse();
    const majorant = chain(above, low, high);
    const { distance, from, to } = largestGap(values, minorant, majorant);
    if (distance < dip) break;
    const left = minorant.slice(0, minorant.indexOf(from) + 1);
    const right = majorant.slice(majorant.indexOf(to));
    dip = Math.max(dip, deviation(values, left, 1), deviation(values, right, -1));
    if (from === low && to === high) break;
    [low, high] = [from, to];
  }
  return dip / (2 * n);
}

/** Returns for each index the previous one on the greatest convex minorant up to it. */
function minorantLinks(x: Values, n: number): number[] {
  const links = [0, 1];
  for (let j = 2; j <= n; j++) {
    let at = j - 1;
    while (at !== 1 && slopeFalls(x, j, at, links[at] as number)) at = links[at] as number;
    links[j] = at;
  }
  return links;
}

/** Returns for each index the next one on the least concave majorant from it. */
function majorantLinks(x: Values, n: number): number[] {
  const links: number[] = [];
  links[n] = n;
  for (let k = n - 1; k >= 1; k--) {
    let at = k + 1;
    while (at !== n && slopeFalls(x, k, at, links[at] as number)) at = links[at] as number;
    links[k] = at;
  }
  return links;
}

/** Reports whether the middle index lies on the wrong side of the line between the others, so that it is skipped. */
function slopeFalls(x: Values, outer: number, middle: number, inner: number): boolean {
  const [a, b, c] = [x[outer] as number, x[middle] as number, x[inner] as number];
  return (a - b) * (middle - inner) >= (b - c) * (outer - middle);
}

/** Returns the hull between two of its indexes. An index on a straight line may have no link of its own. */
function chain(links: readonly number[], from: number, to: number): number[] {
  const indexes = [from];
  const isBefore = from < to ? (at: number) => at < to : (at: number) => at > to;
  for (let at = links[from] as number; isBefore(at); at = links[at] as number) indexes.push(at);
  return [...indexes, to];
}

interface Gap {
  readonly distance: number;
  /** The modal interval: an index of the minorant and one of the majorant. */
  readonly from: number;
  readonly to: number;
}

/** Returns the largest distance between minorant and majorant, in steps of the distribution function. */
function largestGap(x: Values, minorant: Hull, majorant: Hull): Gap {
  const [low, high] = [minorant[0] as number, minorant.at(-1) as number];
  if (minorant.length === 2 && majorant.length === 2) return { distance: 1, from: low, to: high };
  let gap: Gap = { distance: 0, from: low, to: high };
  const consider = (distance: number, from: number, to: number): void => {
    if (distance >= gap.distance) gap = { distance, from, to };
  };
  for (const at of majorant) {
    const [a, b] = segmentAround(minorant, at);
    if (at !== low && at !== high) consider(at - heightAt(x, a, b, at) + 1, a, at);
  }
  for (const at of minorant) {
    const [a, b] = segmentAround(majorant, at);
    if (at !== low && at !== high) consider(heightAt(x, a, b, at) - at + 1, at, b);
  }
  return gap;
}

/** Returns the indexes of a hull around an index; if the hull touches it, this is the segment to its right. */
function segmentAround(hull: Hull, at: number): readonly [number, number] {
  const next = hull.findIndex((index) => index > at);
  return next === -1
    ? [hull.at(-2) as number, hull.at(-1) as number]
    : [hull[next - 1] as number, hull[next] as number];
}

/** Returns the height of the line from index a to b at an index. */
function heightAt(x: Values, a: number, b: number, at: number): number {
  const [xa, xb] = [x[a] as number, x[b] as number];
  return xa === xb ? a : a + ((b - a) * ((x[at] as number) - xa)) / (xb - xa);
}

/**
 * Returns the largest distance of the distribution function from the segments of a hull, at least 1.
 * @param side 1: the function is above its minorant; -1: it is below its majorant
 */
function deviation(x: Values, hull: Hull, side: 1 | -1): number {
  let largest = 1;
  for (let i = 1; i < hull.length; i++) {
    const [a, b] = [hull[i - 1] as number, hull[i] as number];
    for (let at = a; at <= b; at++) largest = Math.max(largest, side * (at - heightAt(x, a, b, at)) + 1);
  }
  return largest;
}
