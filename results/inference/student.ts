/** Student's t distribution. */
import { gammaln } from "simple-statistics";

/** Returns P(|T| >= |t|). @param degreesOfFreedom above 0, also fractions */
export function studentP(t: number, degreesOfFreedom: number): number {
  return incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 1 / 2);
}

/**
 * Returns t with P(|T| >= t) = level, by Newton's method: the probability is convex, so t approaches from below.
 * @param level in (0, 1)
 */
export function studentQuantile(level: number, degreesOfFreedom: number): number {
  for (let t = 0; ;) {
    const step = (studentP(t, degreesOfFreedom) - level) / (2 * density(t, degreesOfFreedom));
    if (!(step > PRECISION * t)) return t;
    t += step;
  }
}

function density(t: number, degreesOfFreedom: number): number {
  const [a, b] = [degreesOfFreedom / 2, 1 / 2];
  const logBeta = gammaln(a) + gammaln(b) - gammaln(a + b);
  return Math.exp(-logBeta - (a + b) * Math.log1p(t ** 2 / degreesOfFreedom)) / Math.sqrt(degreesOfFreedom);
}

/** Returns the regularized incomplete beta function (Press et al., Numerical Recipes, 3rd ed., section 6.4). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const factor = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The continued fraction converges fast only below the mean.
  return x < (a + 1) / (a + b + 2)
    ? (factor * continuedFraction(x, a, b)) / a
    : 1 - (factor * continuedFraction(1 - x, b, a)) / b;
}

const MAX_STEPS = 10_000;
const PRECISION = 1e-15;

/** Lentz's method. */
function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let result = d;
  const step = (numerator: number): number => {
    d = 1 / (1 + numerator * d);
    c = 1 + numerator / c;
    result *= d * c;
    return d * c;
  };
  for (let m = 1; m <= MAX_STEPS; m++) {
    step((m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)));
    const change = step((-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)));
    if (Math.abs(change - 1) < PRECISION) break;
  }
  return result;
}
