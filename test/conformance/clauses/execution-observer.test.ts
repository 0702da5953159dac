import { expect, test } from "vitest";
import type { Invocation } from "../../../cni/types.ts";
import type { Output, Shell } from "../../../core/shell.ts";
import { fakeShell, outputOf } from "../../helpers/fake-host.ts";
import { isGoSkeletonFailure } from "../../../conformance/clauses/clause.ts";
import { CLAUSES } from "../../../conformance/clauses/index.ts";
import { ExecutionObserver, type ExecutionRule } from "../../../conformance/clauses/execution-observer.ts";

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

test("a result before the error is reported, that of the Go skeleton only without a worse violation", () => {
  const result = `{\n  "ips": [\n    {"address": "127.0.0.1/8"}\n  ]\n}`;
  const skeleton = `{"code":5,"msg":"plugin's netns and netns from CNI_NETNS should not be the same"}`;
  const errorClause = CLAUSES.find(({ id }) => id === "exec.error")!;
  const observer = new ExecutionObserver(30);
  observer.observe(call({ exitCode: 1, stdout: result + skeleton }), []);
  const known = observer.violation("error")!.got;
  expect(known).toContain("CNI_NETNS should not be the same");
  expect(isGoSkeletonFailure(errorClause, "1.1.0", known)).toBe(true);
  observer.observe(call({ exitCode: 1, stdout: `${result}\n{"code":100,"msg":"no lease"}` }), []);
  const own = observer.violation("error")!.got;
  expect(own).toContain("no lease");
  expect(isGoSkeletonFailure(errorClause, "1.1.0", own)).toBe(false);
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

test("files are judged once the test ended, static files before temporary ones", async () => {
  const observer = new ExecutionObserver(30);
  const added = call({});
  const steps = [{ argv: OUTPUT.argv, stdin: "", env: ENV, start: 100, end: 101, output: added.output }];
  const shellWith = (printed: string): Shell => ({
    ...fakeShell({}),
    exec: async () => outputOf([], { stdout: printed }),
  });
  await observer.observeFiles({ shell: shellWith("100.5 /tmp/a\u0000"), steps });
  expect(observer.violation("files")).toBeNull(); // nothing was executed
  observer.observe(added, steps);
  await observer.observeFiles({ shell: shellWith("100.5 /tmp/a b\u0000"), steps });
  expect(observer.violation("files")).toMatchObject({ got: "/tmp/a b", call: added });
  await observer.observeFiles({ shell: shellWith("100.5 /tmp/.node/upper/etc/c\n\u0000100.5 /tmp/a\u0000"), steps });
  expect(observer.violation("files")).toMatchObject({ got: "/etc/c\n", call: added });
});

test("a plugin that a test ended cannot remove its files", async () => {
  const observer = new ExecutionObserver(30);
  const killed = call({ exitCode: null, signal: "SIGKILL", ended: "timeout", duration: 0.1 });
  const steps = [{ argv: OUTPUT.argv, stdin: "", env: ENV, start: 100, end: 101, output: killed.output }];
  observer.observe(killed, steps);
  await observer.observeFiles({ shell: fakeShell({}), steps }); // runs no command
  expect(observer.violation("files")).toBeNull();
});

test("what several tests ask for is observed once", async () => {
  const observer = new ExecutionObserver(30);
  let runs = 0;
  const observe = async (): Promise<number> => ++runs;
  expect([await observer.once("a", observe), await observer.once("a", observe)]).toEqual([1, 1]);
  expect(await observer.once("b", observe)).toBe(2);
});

test("the commands of the test that made a call are known", () => {
  const observer = new ExecutionObserver(30);
  const [noted, other] = [call({}), call({})];
  observer.note(noted, []);
  expect([observer.stepsOf(noted), observer.stepsOf(other)]).toEqual([[], null]);
});
