/** Order statistics of the Walsh averages (d_i + d_j) / 2, i <= j, without listing them: n can be thousands. */

/** Returns the number of Walsh averages of n values. */
export function walshCount(n: number): number {
  return (n * (n + 1)) / 2;
}

/** Returns the number of Walsh averages that are at most `limit`. @param sorted ascending */
export function countUpTo(sorted: Float64Array, limit: number): number {
  let count = 0;
  let right = sorted.length - 1;
  for (let left = 0; left <= right; left++) {
    while (right >= left && average(sorted, left, right) > limit) right--;
    count += right - left + 1;
  }
  return count;
}

/** Averages per value that are sorted at the end of a search. */
const COLLECTED_PER_VALUE = 1;
/** Steps after which a search compares with averages themselves, because many are equal. */
const FAST_STEPS = 16;

/** Returns the k-th smallest Walsh average. @param sorted ascending @param k from 1 */
export function kthWalshAverage(sorted: Float64Array, k: number): number {
  let low = sorted[0] as number;
  let high = sorted[sorted.length - 1] as number;
  let [upToLow, upToHigh] = [countUpTo(sorted, low), walshCount(sorted.length)];
  if (upToLow >= k) return low;
  // Invariant: fewer than k averages are at most low, and at least k are at most high.
  for (let step = 0; upToHigh - upToLow > COLLECTED_PER_VALUE * sorted.length; step++) {
    // Interpolation between the counts converges fast; halving limits the number of steps if it does not.
    const share = step % 2 === 0 ? (k - upToLow) / (upToHigh - upToLow) : 0.5;
    const middle = low + (high - low) * share;
    if (middle <= low || middle >= high) {
      if (share === 0.5) return high;
      continue;
    }
    const count = countUpTo(sorted, middle);
    if (count >= k) [high, upToHigh] = [step < FAST_STEPS ? middle : largestUpTo(sorted, middle), count];
    else if (step >= FAST_STEPS && smallestAbove(sorted, middle) >= high) return high;
    else [low, upToLow] = [middle, count];
  }
  return averagesBetween(sorted, low, high, upToHigh - upToLow)[k - upToLow - 1] as number;
}

/** Returns the Walsh average that follows the k-th smallest one, faster than a search. */
export function nextWalshAverage(sorted: Float64Array, k: number, kth: number): number {
  return countUpTo(sorted, kth) > k ? kth : smallestAbove(sorted, kth);
}

/** Returns the `count` Walsh averages above `low` and up to `high`, ascending. */
function averagesBetween(sorted: Float64Array, low: number, high: number, count: number): Float64Array {
  const averages = new Float64Array(count);
  let found = 0;
  let [last, lastLow] = [sorted.length - 1, sorted.length - 1];
  for (let left = 0; left <= last; left++) {
    while (last >= left && average(sorted, left, last) > high) last--;
    while (lastLow >= left && average(sorted, left, lastLow) > low) lastLow--;
    for (let right = Math.max(left, lastLow + 1); right <= last; right++) {
      averages[found++] = average(sorted, left, right);
    }
  }
  return averages.sort();
}

/** Returns the smallest Walsh average above `limit`, or infinity. */
function smallestAbove(sorted: Float64Array, limit: number): number {
  let smallest = Infinity;
  let left = 0;
  for (let right = sorted.length - 1; right >= left; right--) {
    while (left <= right && average(sorted, left, right) <= limit) left++;
    if (left <= right) smallest = Math.min(smallest, average(sorted, left, right));
  }
  return smallest;
}

/** Returns the largest Walsh average that is at most `limit`. */
function largestUpTo(sorted: Float64Array, limit: number): number {
  let largest = -Infinity;
  let right = sorted.length - 1;
  for (let left = 0; left <= right; left++) {
    while (right >= left && average(sorted, left, right) > limit) right--;
    if (right >= left) largest = Math.max(largest, average(sorted, left, right));
  }
  return largest;
}

function average(sorted: Float64Array, i: number, j: number): number {
  return ((sorted[i] as number) + (sorted[j] as number)) / 2;
}
