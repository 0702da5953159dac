/** Tools that are too old. */
import { expect, test } from "vitest";
import { versionProblems } from "../../kubernetes/tool-versions.ts";

// Real output of the version commands.
test.each([
  ["kind", "kind v0.27.0 go1.24.4 linux/amd64", []],
  ["kind", "kind v0.11.1 go1.16 linux/amd64", [/^kind 0\.11 .*\b0\.20\b/]],
  ["kubectl", 'Client Version: version.Info{Major:"1", Minor:"20", GitVersion:"v1.20.2", GoVersion:"go1.19.8"}', []],
  ["kubectl", "Client Version: v1.34.1\nKustomize Version: v5.7.1", []],
  [
    "kubectl",
    'Client Version: version.Info{Major:"1", Minor:"14", GitVersion:"v1.14.0"}',
    [/^kubectl 1\.14 .*\b1\.20\b/],
  ],
  ["helm", "v3.20.2+g8fb76d6", []],
  ["helm", "v4.0.1+g12500dd", []],
  ["helm", "Client: v2.17.0+ga690bad", [/^helm 2\.17 .*\b3\.12\b/]],
  ["helm", "no version", []],
] as const)("%s: %s", (name, versionOutput, messages) => {
  const problems = versionProblems(name, versionOutput).map(({ message }) => message);
  expect(problems).toEqual(messages.map((pattern) => expect.stringMatching(pattern) as string));
});
