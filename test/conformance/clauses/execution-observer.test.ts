import { expect, test } from "vitest";
import type { Invocation } from "../../../cni/types.ts";
import type { Output } from "../../../core/shell.ts";
import { ExecutionObserver, type ExecutionRule } from "../../../conformance/clauses/execution-observer.ts";
import { outputOf } from "../../helpers/fake-host.ts";

const OUTPUT = outputOf(["/opt/cni/bin/p"], { where: "node1", duration: 0.01 });
const ENV = { CNI_COMMAND: "ADD", CNI_CONTAINERID: "a", CNI_NETNS: "/run/netns/a", CNI_IFNAME: "eth0" };
const ERROR = `{"cniVersion":"1.0.0","code":7,"msg":"no"}`;

function call(output: Partial<Output>, command = "ADD"): Invocation {
  const env = { ...ENV, CNI_COMMAND: command };
  const request = `{"cniVersion":"1.0.0","name":"n"}`;
  return { plugin: "p", path: "/opt/cni/bin/p", command, request, env, output: { ...OUTPUT, ...output } };
}

/** The rules that an execution violates. */
function violated(output: Partial<Output>, command?: string): string[] {
  const observer = new ExecutionObserver(30);
  observer.observe(call(output, command), []);
  const rules: ExecutionRule[] = ["status", "output", "error", "crash", "pipe", "process"];
  return rules.filter((rule) => observer.violation(rule) !== null);
}

test("correct executions violate nothing", () => {
  expect(violated({ stdout: `{"cniVersion":"1.0.0","ips":[]}` })).toEqual([]);
  expect(violated({}, "CHECK")).toEqual([]);
  expect(violated({ stdout: "deleting\n" }, "DEL")).toEqual([]);
  expect(violated({ exitCode: 1, stdout: ERROR, stderr: "Traceback (most recent call last):\n" })).toEqual([]);
});

test("exit codes agree with the output", () => {
  expect(violated({ stdout: ERROR })).toEqual(["status"]);
  expect(violated({ exitCode: 1, stdout: `{"ips":[]}` })).toEqual(["status", "error"]);
});

test("a successful execution prints one object or nothing", () => {
  expect(violated({ stdout: "checked\n" }, "CHECK")).toEqual(["output"]);
  expect(violated({ stdout: "{}{}" })).toEqual(["output"]);
});

test("an error object is complete", () => {
  expect(violated({ exitCode: 1, stdout: "failed" })).toEqual(["error"]);
  expect(violated({ exitCode: 1, stdout: `{"cniVersion":"1.0.0","code":7}` })).toEqual(["error"]);
  expect(violated({ exitCode: 1, stdout: `{"code":7,"msg":"no"}` })).toEqual(["error"]);
  expect(violated({ exitCode: 1, stdout: `{"code":4,"msg":"no"}` }, "FOO")).toEqual([]);
});

test.each([
  ["Python", "Traceback (most recent call last):\n  File x\nKeyError: 'prevResult'\n"],
  ["Go", "panic: runtime error: invalid memory address\n\ngoroutine 1 [running]:\n"],
  ["dash", "/opt/cni/bin/p: 12: jq: not found\n"],
  ["bash", "/opt/cni/bin/p: line 12: prev: unbound variable\n"],
  ["Perl", "Can't locate JSON/XS.pm at /opt/cni/bin/p line 3.\n"],
  ["JavaScript", "TypeError: x\n    at main (/opt/cni/bin/p:3:4)\n"],
  ["Rust", "thread 'main' panicked at src/main.rs:3:5:\n"],
])("an uncaught error of %s is a crash", (_language, stderr) => {
  expect(violated({ exitCode: 2, stderr })).toEqual(["error", "crash"]);
});

test("a signal is a crash, a large exit code is not", () => {
  expect(violated({ exitCode: null, signal: "SIGSEGV" })).toEqual(["error", "crash"]);
  expect(violated({ exitCode: 139 })).toEqual(["error", "crash"]);
  expect(violated({ exitCode: 255 })).toEqual(["error"]);
});

test("processes that remain, and time limits; not those that a test shortens", () => {
  expect(violated({ leftover: "pipe" })).toEqual(["pipe"]);
  expect(violated({ leftover: "process" })).toEqual(["process"]);
  expect(violated({ exitCode: null, signal: "SIGKILL", ended: "timeout", duration: 30.1 })).toEqual(["process"]);
  expect(violated({ exitCode: null, signal: "SIGKILL", ended: "timeout", duration: 0.1 })).toEqual([]);
});

test("the worst violation is kept, and the first of equally bad ones", () => {
  const observer = new ExecutionObserver(30);
  const outputs = [
    `{"code":7,"msg":"no"}`,
    `{"cniVersion":"1.0.0","msg":"first"}`,
    `{"cniVersion":"1.0.0","msg":"second"}`,
  ];
  for (const stdout of outputs) observer.observe(call({ exitCode: 1, stdout }), []);
  expect(observer.violation("error")?.call.output.stdout).toContain("first");
});
