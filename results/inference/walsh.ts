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

/** Returns the k-th smallest Walsh average. @param sorted ascending @param k from 1 */
export function kthWalshAverage(sorted: Float64Array, k: number): number {
  let low = sorted[0] as number;
  let high = sorted[sorted.length - 1] as number;
  if (countUpTo(sorted, low) >= k) return low;
  // Invariant: fewer than k averages are at most low, and at least k are at most high.
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (countUpTo(sorted, middle) >= k) high = largestUpTo(sorted, middle);
    else if (smallestAbove(sorted, middle) >= high) return high;
    else low = middle;
  }
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
