import { describe, expect, test } from "vitest";
import { argProblem, containerIDProblem, ifNameProblem, checkAttachment } from "../../cni/validate.ts";
import { attachment } from "./fake-plugins.ts";

describe("rt.validate", () => {
  test.each(["a", "0", "A_b.c-d", "f".repeat(64)])("accepts the container ID %j", (id) =>
    expect(containerIDProblem(id)).toBeNull(),
  );
  test.each(["", "-a", "_a", ".a", "a/b", "../x", "a b", "a:b", "é", "a\n"])("rejects the container ID %j", (id) => {
    expect(containerIDProblem(id)).toMatch(/invalid container ID .*: .*starting with/);
  });

  test.each(["eth0", "x".repeat(15), "e-0.1", "ü"])("accepts the interface name %j", (name) =>
    expect(ifNameProblem(name)).toBeNull(),
  );
  test.each(["", "x".repeat(16), "üüüüüüüü", ".", "..", "a/b", "a b", "a:b", "a\t", "\u0001", "a\u2003b"])(
    "rejects the interface name %j",
    (name) => {
      expect(ifNameProblem(name)).toMatch(/invalid interface name .*: use 1 to 15 bytes/);
    },
  );
});

test.each([
  ["a;b", "1"],
  ["a=b", "1"],
  ["", "1"],
  ["a", "1;2"],
  ["a", "x\u0000"],
])("rt.req.args: rejects %j=%j", (key, value) => {
  expect(argProblem(key, value)).toMatch(/argument/);
});

test("rt.req.args: accepts an equals sign in a value", () => expect(argProblem("K", "a=b")).toBeNull());

test("reports all problems of an attachment together", () => {
  expect(() =>
    checkAttachment(attachment({ containerID: "", ifName: ".", netns: "\u0000", args: [["=", ";"]] })),
  ).toThrow(/container ID[^]*interface name[^]*network namespace[^]*argument key/);
});
