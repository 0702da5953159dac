/** The prerequisites of kind clusters, from outputs of docker, kind and kubectl. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { checkKind, dockerProblems, memoryProblems } from "../../../clusters/kind/prerequisites.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost, outputOf, type FakeHost, type Reply } from "../../helpers/fake-host.ts";

const READY: Readonly<Record<string, Reply>> = {
  "docker info": { stdout: "20.10.24+dfsg1\n" },
  "kind version": { stdout: "kind v0.31.0 go1.25.5 linux/amd64\n" },
  "kubectl version --client": { stdout: "Client Version: v1.34.3\nKustomize Version: v5.7.1\n" },
};

let bin = "";
beforeEach(() => {
  bin = join(temporaryDir(), "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "docker"), "", { mode: 0o755 });
});

/** Returns a host whose PATH has a docker. */
function hostWith(replies: Readonly<Record<string, Reply>>): FakeHost {
  return fakeHost({ ...READY, ...replies }, { env: { PATH: bin, CNIBENCH_CACHE: bin } });
}

async function problemsOf(host: FakeHost): Promise<readonly string[]> {
  return (await checkKind(host)).map(({ message }) => message).filter((message) => !message.startsWith("fs.inotify"));
}

test("a host with docker, kind and kubectl has no problem", async () => {
  expect(await problemsOf(hostWith({}))).toEqual([]);
});

test("every missing or outdated tool is reported", async () => {
  const missing = { exitCode: null, startError: "spawn kind ENOENT" };
  const old = { stdout: "Client Version: v1.19.0\n" };
  expect(await problemsOf(hostWith({ "kind version": missing, "kubectl version --client": old }))).toEqual([
    "kind not found (required for kind clusters)",
    expect.stringMatching(/^kubectl 1\.19/),
  ]);
});

describe("docker info", () => {
  test.each([
    [
      "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
      "this user is not allowed to use Docker",
    ],
    [
      "ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
      "the Docker daemon is not running",
    ],
    ["ERROR: something else", "docker info failed: ERROR: something else"],
    ["", "docker info failed: no error message"],
  ])("%j", async (stderr, message) => {
    const failed = { exitCode: 1, stderr: `${stderr}\n` };
    expect(dockerProblems(outputOf(["docker", "info"], failed)).map((problem) => problem.message)).toEqual([message]);
    expect(await problemsOf(hostWith({ "docker info": failed }))).toEqual([message]);
  });
});

test("the nodes need memory: 600 MB for the control plane and 200 MB for each worker", () => {
  expect(memoryProblems(2, "MemTotal: 999 kB\nMemAvailable:   800000 kB\n")).toEqual([]);
  expect(memoryProblems(3, "MemTotal: 999 kB\nMemAvailable:   800000 kB\n")[0]?.message).toBe(
    "3 nodes need about 1000 MB of memory, but only 819 MB are free",
  );
  expect(memoryProblems(8, "")).toEqual([]);
});

test("another provider of kind is refused in one sentence, and Docker by name is accepted", async () => {
  const withProvider = (name: string): Promise<readonly string[]> => {
    const host = hostWith({});
    return problemsOf({ ...host, env: { ...host.env, KIND_EXPERIMENTAL_PROVIDER: name } });
  };
  expect(await withProvider("podman")).toEqual(["kind clusters require Docker, not KIND_EXPERIMENTAL_PROVIDER=podman"]);
  expect(await withProvider("docker")).toEqual([]);
  expect(await withProvider("")).toEqual([]);
});
