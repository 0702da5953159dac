import { describe, expect, it } from "vitest";
import {
  baseArgs,
  gateRunsOf,
  headArgs,
  resumed,
  seriesOf,
  type GateDirs,
} from "../../../bench/campaign/gate-series.ts";

const DIRS: GateDirs = { base: "/out/base", head: "/out/head", baseBin: "/bin/base", headBin: "/bin/head" };

/** Returns the values of an option. */
function valuesOf(args: readonly string[], option: string): string[] {
  return args.flatMap((arg, i) => (arg === option ? [args[i + 1] ?? ""] : []));
}

describe("seriesOf", () => {
  it("has a series without a change, which must pass, and others that must fail", () => {
    const expected = Object.fromEntries(seriesOf(false).map(({ name, expected: code }) => [name, code]));
    expect(expected).toEqual({ unchanged: 0, rate: 5, sleep: 5 });
    for (const { base, head, expected: code } of seriesOf(false))
      expect(JSON.stringify(base) === JSON.stringify(head)).toBe(code === 0);
  });

  it("measures fewer blocks of pods only in the cut", () => {
    const cut = seriesOf(true).map(({ options }) => [valuesOf(options, "--only"), valuesOf(options, "--blocks")]);
    expect(cut).toEqual([
      [["*/pods/*"], ["8"]],
      [["*/pods/*"], ["8"]],
    ]);
  });
});

it("gateRunsOf mixes the series in proportion", () => {
  const runs = gateRunsOf(seriesOf(false), { equal: 4, slowed: 2 });
  expect(
    runs
      .slice(0, 4)
      .map(({ kind }) => kind.name)
      .toSorted(),
  ).toEqual(["rate", "sleep", "unchanged", "unchanged"]);
  expect(new Set(runs.map(({ id }) => id)).size).toBe(8);
});

describe("the arguments", () => {
  const [, rate] = seriesOf(false);
  if (rate === undefined) throw new Error("no such series");

  it("measure the same cells with the binaries of base and head, and confirm with both", () => {
    const [base, head] = [baseArgs(rate, DIRS), headArgs(rate, DIRS)];
    for (const option of ["--only", "--suite", "--underlay-rate", "--plugins"])
      expect(valuesOf(base, option)).toEqual(valuesOf(head, option));
    expect(valuesOf(base, "--bin-dir")).toEqual([DIRS.baseBin]);
    expect(valuesOf(head, "--bin-dir")).toEqual([DIRS.headBin]);
    expect(valuesOf(head, "--confirm")).toEqual(valuesOf(base, "--out"));
    expect(valuesOf(head, "--base-bin-dir")).toEqual([DIRS.baseBin]);
    expect(valuesOf(head, "--fail-on")).toEqual(["regression"]);
  });

  it("resume a run in its directory", () => {
    const args = resumed(headArgs(rate, DIRS));
    expect([valuesOf(args, "--out"), valuesOf(args, "--resume")]).toEqual([[], [DIRS.head]]);
  });
});
