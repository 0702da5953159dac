import { expect, test } from "vitest";
import type { Invocation } from "../../../cni/types.ts";
import { misplacedFiles } from "../../../conformance/clauses/execution-files.ts";
import type { Step } from "../../../conformance/node/recorder.ts";
import { outputOf } from "../../helpers/fake-host.ts";

const REQUEST = `{"cniVersion":"1.0.0","name":"n","logFile":"/tmp/p.log","ipam":{"dataDir":"/etc/p/leases"}}`;

interface Execution {
  readonly call: Invocation;
  readonly step: Step;
}

/** An execution from one second to the next. */
function execution(start: number, request = REQUEST): Execution {
  const output = outputOf(["/opt/cni/bin/p"]);
  const call = { plugin: "p", path: "/opt/cni/bin/p", command: "ADD", request, env: {}, output };
  return { call, step: { argv: output.argv, stdin: request, env: {}, start, end: start + 1, output } };
}

/** Another command of the test. */
function command(start: number): Step {
  return { argv: ["true"], stdin: "", env: {}, start, end: start + 1, output: outputOf(["true"]) };
}

/** The paths that an execution from 100 to 101 leaves if they are written at 100.5. */
function misplacedBy(request: string, paths: readonly string[]): readonly string[] {
  const { call, step } = execution(100, request);
  const files = paths.map((path) => ({ path, time: 100.5 }));
  return misplacedFiles(files, [call], [step]).flatMap((found) => [...found.static, ...found.temporary]);
}

test("files are misplaced in directories for static and for temporary files", () => {
  const paths = ["/opt/cni/bin/x", "/etc/p.conf", "/etc/cni/net.d/99-p.conflist", "/tmp/p.1", "/var/tmp/p.2"];
  expect(misplacedBy("{", paths)).toEqual([
    ...["/etc/cni/net.d/99-p.conflist", "/etc/p.conf", "/opt/cni/bin/x"],
    ...["/tmp/p.1", "/var/tmp/p.2"],
  ]);
});

test("files of CNI, caches of Python, and configured paths are allowed", () => {
  const paths = [
    "/etc/cni/p.config",
    "/opt/cni/bin/__pycache__/p.pyc",
    "/tmp/p.log",
    "/tmp/p.log.1",
    "/tmp/p.log.lock",
  ];
  expect(misplacedBy(REQUEST, paths)).toEqual([]);
  expect(misplacedBy(REQUEST, ["/etc/p/leases/10.0.0.1", "/etc/p", "/etc/pq", "/tmp/p.out"])).toEqual([
    "/etc/pq",
    "/tmp/p.out",
  ]);
});

test("a file belongs to the execution during which it was written", () => {
  const [first, second] = [execution(100), execution(200)];
  const files = [
    { path: "/etc/before", time: 99 },
    { path: "/etc/first", time: 99.995 }, // the clock of files is late
    { path: "/etc/between", time: 150 },
    { path: "/etc/second", time: 201 },
  ];
  expect(misplacedFiles(files, [first.call, second.call], [first.step, second.step])).toEqual([
    { call: first.call, static: ["/etc/first"], temporary: [] },
    { call: second.call, static: ["/etc/second"], temporary: [] },
  ]);
});

test("a file that two executions may have written belongs to the last one", () => {
  const [first, second] = [execution(100), execution(101)];
  const files = [{ path: "/etc/x", time: 100.995 }];
  expect(misplacedFiles(files, [first.call, second.call], [first.step, second.step])).toEqual([
    { call: second.call, static: ["/etc/x"], temporary: [] },
  ]);
  const configured = { path: "/etc/p/leases/10.0.0.1", time: 100.995 };
  const other = execution(101, "{}");
  expect(misplacedFiles([configured], [first.call, other.call], [first.step, other.step])).toEqual([]);
});

test("a file that another command of the test may have written is ignored", () => {
  const { call, step } = execution(100);
  const files = [{ path: "/etc/x", time: 100.2 }];
  expect(misplacedFiles(files, [call], [command(99.3), step])).toEqual([]);
  expect(misplacedFiles(files, [call], [command(99.1), step])).toHaveLength(1);
  expect(misplacedFiles(files, [call], [{ ...command(90), end: null, output: null }, step])).toEqual([]);
});

test("ip writes no files", () => {
  const { call, step } = execution(100);
  const files = [{ path: "/etc/x", time: 100.2 }];
  for (const argv of [
    ["ip", "link"],
    ["nsenter", "--net=/run/netns/a", "--", "ip", "link"],
  ])
    expect(misplacedFiles(files, [call], [step, { ...command(100), argv }])).toHaveLength(1);
});
