import { describe, expect, test } from "vitest";
import { chooseSides, parseRenamed, type SideFlags } from "../../../cli/flags/compared-sides.ts";
import { UsageError } from "../../../core/errors.ts";

describe("two sides of runs", () => {
  test.each([
    [["a", "b"], {}, ["a"], ["b"]],
    [["a", "b"], { base: ["c", "d"], head: ["e"] }, ["a", "c", "d"], ["b", "e"]],
    [[], { base: ["a"], head: ["b"] }, ["a"], ["b"]],
    [["a"], { head: ["b"] }, ["a"], ["b"]],
    [["a@1", "b..c"], {}, ["a@1"], ["b..c"]],
  ] as const)("%j with %j", (dirs, flags, base, head) => {
    expect(chooseSides(dirs, flags)).toEqual({ design: "unpaired", base, head });
  });

  test.each<[readonly string[], SideFlags, string]>([
    [[], {}, "two sides are required"],
    [["a"], {}, "only a is given"],
    [["a"], { base: ["b"] }, "a and b are runs of the base; name a run of the head with --head DIR"],
    [[], { base: ["b"] }, "two sides are required"],
    [[], { head: ["b"] }, "two sides are required"],
    [["a", "b", "c"], {}, "c: third directory"],
  ])("%j with %j is refused", (dirs, flags, problem) => {
    expect(() => chooseSides(dirs, flags)).toThrow(UsageError);
    expect(() => chooseSides(dirs, flags)).toThrow(problem);
  });
});

describe("two plugins of one run", () => {
  test("have the syntax of run", () => {
    const plugins = ["bridge@old", "bridge@new"];
    const [base, head] = plugins;
    expect(chooseSides(["a"], { plugins })).toEqual({ design: "paired", dir: "a", base, head });
  });

  test.each<[readonly string[], SideFlags, string]>([
    [["a", "b"], {}, "pass one directory"],
    [[], {}, "pass one directory"],
    [["a"], { head: ["b"] }, "pass one directory"],
    [["a"], { base: ["b"] }, "pass one directory"],
    [["a"], { map: new Map([["x", "y"]]) }, "--map: only for runs"],
    [["a"], { reference: "bridge" }, "--reference: only for runs"],
    [["a"], { plugins: ["x"] }, "--plugins x: expected two plugins"],
    [["a"], { plugins: ["x", "y", "z"] }, "--plugins x,y,z: expected two plugins"],
    [["a"], { plugins: ["x", "x"] }, "--plugins x,x: base and head are both x; name two plugins"],
    [["a"], { plugins: ["x", "x", "y"] }, "--plugins x,x,y: expected two plugins"],
  ])("%j with %j are refused", (dirs, flags, problem) => {
    const given = { plugins: ["x", "y"], ...flags };
    expect(() => chooseSides(dirs, given)).toThrow(UsageError);
    expect(() => chooseSides(dirs, given)).toThrow(problem);
  });
});

describe("--map", () => {
  test("collects pairs of names", () => {
    expect(parseRenamed("c=d", parseRenamed("a = b"))).toEqual(
      new Map([
        ["a", "b"],
        ["c", "d"],
      ]),
    );
  });

  test.each(["", "a", "=b", "a=", "a=b=c"])("refuses %j", (value) => {
    expect(() => parseRenamed(value)).toThrow(UsageError);
  });

  test("refuses two new names of one plugin", () => {
    expect(() => parseRenamed("a=c", parseRenamed("a=b"))).toThrow("a is renamed twice");
  });
});
