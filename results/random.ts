/**
 * The only source of randomness in cnibench. Reproducible from the seed in run.json.
 *
 * Generator: xoshiro128** 1.1 with a state initialized by SplitMix64 (Blackman and Vigna, "Scrambled linear
 * pseudorandom number generators", ACM TOMS 47(4), 2021; https://prng.di.unimi.it).
 */

/** Uniform on [0, 1), 32 random bits. */
export type Random = () => number;

/** Returns a generator of the same numbers for the same seed. @param seed non-negative safe integer */
export function seededRandom(seed: number): Random {
  let [s0, s1, s2, s3] = initialState(seed);
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const t = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotateLeft(s3, 11);
    return result / 2 ** 32;
  };
}

/** Returns a shuffled copy (Fisher-Yates). Every order is equally likely. */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const out = [...items];
  for (let last = out.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1));
    [out[last], out[pick]] = [out[pick] as T, out[last] as T];
  }
  return out;
}

function initialState(seed: number): [number, number, number, number] {
  let state = BigInt(seed);
  const next = (): [number, number] => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    z ^= z >> 31n;
    return [Number(BigInt.asIntN(32, z)), Number(BigInt.asIntN(32, z >> 32n))];
  };
  return [...next(), ...next()];
}

function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}
