/** Programs that are too old. */
import { expect, test } from "vitest";
import { versionProblems } from "../../../clusters/kubernetes/tools.ts";

// As the programs say it themselves.
test.each([
  ["kind", "kind v0.27.0 go1.24.4 linux/amd64", []],
  ["kind", "kind v0.11.1 go1.16 linux/amd64", ["kind 0.11 is too old; 0.20 is the oldest that works"]],
  [
    "kubectl",
    'Client Version: version.Info{Major:"1", Minor:"20", GitVersion:"v1.20.2", GitCommit:"faecb196815e248d3ecfb03c680a4507229c2a56", GoVersion:"go1.19.8"}',
    [],
  ],
  ["kubectl", "Client Version: v1.34.1\nKustomize Version: v5.7.1", []],
  [
    "kubectl",
    'Client Version: version.Info{Major:"1", Minor:"14", GitVersion:"v1.14.0"}',
    ["kubectl 1.14 is too old; 1.20 is the oldest that works"],
  ],
  ["helm", "v3.20.2+g8fb76d6", []],
  ["helm", "v4.0.1+g12500dd", []],
  ["helm", "Client: v2.17.0+ga690bad", ["helm 2.17 is too old; 3.12 is the oldest that works"]],
  ["helm", "nothing that is a version", []],
] as const)("%s: %s", (name, said, messages) => {
  expect(versionProblems(name, said).map(({ message }) => message)).toEqual(messages);
});
