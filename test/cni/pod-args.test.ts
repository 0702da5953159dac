import { expect, test } from "vitest";
import { parseCniArgs, podArgs, WITHOUT_POD } from "../../cni/pod-args.ts";
import { UsageError } from "../../core/errors.ts";

const POD = { podName: "cnibench-1", id: "0a".repeat(32) };

test("the arguments are those of container runtimes, and the same pod has the same UID", () => {
  const args = podArgs(POD, []);
  expect(args.slice(0, 4)).toEqual([
    ["IgnoreUnknown", "1"],
    ["K8S_POD_NAMESPACE", "default"],
    ["K8S_POD_NAME", "cnibench-1"],
    ["K8S_POD_INFRA_CONTAINER_ID", POD.id],
  ]);
  const uid = args[4]?.[1];
  expect(uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(podArgs({ ...POD, id: "x" }, [])[4]?.[1]).toBe(uid);
  expect(podArgs({ ...POD, podName: "cnibench-2" }, [])[4]?.[1]).not.toBe(uid);
});

test.each([
  ["", "IgnoreUnknown,K8S_POD_NAMESPACE,K8S_POD_NAME,K8S_POD_INFRA_CONTAINER_ID,K8S_POD_UID"],
  ["K8S_*=", "IgnoreUnknown"],
  ["*=", ""],
  ["K8S_POD_NAME=;MAC=02:00:00:00:00:01", "IgnoreUnknown,K8S_POD_NAMESPACE,K8S_POD_INFRA_CONTAINER_ID,K8S_POD_UID,MAC"],
  ["K8S_*=;K8S_POD_NAME=web", "IgnoreUnknown,K8S_POD_NAME"],
])("changes %s: the keys are %s", (changes, keys) => {
  const args = podArgs(POD, parseCniArgs(changes));
  expect(args.map(([key]) => key).join(",")).toBe(keys);
});

test("a given value replaces the default one, and may contain =", () => {
  expect(podArgs(POD, parseCniArgs("K8S_POD_NAMESPACE=prod;A=b=c"))).toEqual(
    expect.arrayContaining([
      ["K8S_POD_NAMESPACE", "prod"],
      ["A", "b=c"],
    ]),
  );
  expect(podArgs(POD, WITHOUT_POD)).toEqual([["IgnoreUnknown", "1"]]);
});

test.each(["K8S_POD_NAME", "=x", "A=b;c", "K8S_*=x", "A=b\n"])("refuses %j", (text) => {
  expect(() => parseCniArgs(text)).toThrow(UsageError);
});
