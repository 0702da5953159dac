import { describe, expect, test } from "vitest";
import { argProblem, containerIDProblem, ifNameProblem, checkAttachment } from "../../cni/validate.ts";
import { attachment } from "./fake-plugins.ts";

describe("rt.validate", () => {
  test.each(["a", "0", "A_b.c-d", "f".repeat(64)])("container id %j is allowed", (id) =>
    expect(containerIDProblem(id)).toBeNull(),
  );
  test.each(["", "-a", "_a", ".a", "a/b", "../x", "a b", "a:b", "é", "a\n"])("container id %j is not", (id) => {
    expect(containerIDProblem(id)).toMatch(/container id .* is not allowed: begin with/);
  });

  test.each(["eth0", "x".repeat(15), "e-0.1", "ü"])("interface name %j is allowed", (name) =>
    expect(ifNameProblem(name)).toBeNull(),
  );
  test.each(["", "x".repeat(16), "üüüüüüüü", ".", "..", "a/b", "a b", "a:b", "a\t", "\u0001", "a\u2003b"])(
    "interface name %j is not",
    (name) => {
      expect(ifNameProblem(name)).toMatch(/interface name .* is not allowed: use 1 to 15 bytes/);
    },
  );
});

test.each([
  ["a;b", "1"],
  ["a=b", "1"],
  ["", "1"],
  ["a", "1;2"],
  ["a", "x\u0000"],
])("rt.req.args: %j=%j is refused", (key, value) => {
  expect(argProblem(key, value)).toMatch(/argument/);
});

test("rt.req.args: a value may hold an equals sign", () => expect(argProblem("K", "a=b")).toBeNull());

test("everything that is wrong with an attachment is reported at once", () => {
  expect(() =>
    checkAttachment(attachment({ containerID: "", ifName: ".", netns: "\u0000", args: [["=", ";"]] })),
  ).toThrow(/container id[^]*interface name[^]*network namespace[^]*argument key/);
});
