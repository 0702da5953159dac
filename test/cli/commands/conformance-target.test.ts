/** Which plugins a command line names, before any binary is looked for. */
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { needsReferencePlugins } from "../../../cli/commands/conformance-target.ts";
import { UsageError } from "../../../core/errors.ts";
import { temporaryDirOfFile } from "../../helpers/cnibench.ts";
import { fakeHost } from "../../helpers/fake-host.ts";

const dir = temporaryDirOfFile();
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
const network = (...types: string[]): string =>
  JSON.stringify({ cniVersion: "1.0.0", name: "mynet", plugins: types.map((type) => ({ type })) });

const single = file("single.conflist", network("bridge"));
const chain = file("chain.conflist", network("bridge", "tuning"));
const repeated = file("repeated.conflist", network("bridge", "tuning", "tuning"));
const profile = file(
  "profile.yaml",
  JSON.stringify({ kinds: ["chained"], target: 1, config: network("bridge", "tuning") }),
);
const binary = join(dir, "brigde");
copyFileSync("/usr/bin/env", binary);

const describeTarget = (name: string, flags: object): unknown => needsReferencePlugins(fakeHost(), [name], flags);

test.each([
  [
    "brigde",
    { conf: single },
    'tests bridge, not "brigde" (did you mean "bridge"?); name a plugin, or the network mynet',
  ],
  ["brigde", { conf: chain }, 'tests bridge, tuning, not "brigde" (did you mean "bridge"?)'],
  ["host-local", { conf: chain }, 'tests bridge, tuning, not "host-local"; name a plugin, or the network mynet'],
  ["tuning#4", { conf: repeated }, 'tests bridge, tuning, tuning#2, tuning#3, not "tuning#4"'],
  ["bridge", { profile }, 'tests tuning, not "bridge"'],
  [binary, { conf: chain }, 'not "brigde" (did you mean "bridge"?); the type of a plugin is its file name'],
  [binary, { profile }, 'not "brigde"; the type of a plugin is its file name'],
])("%s with %j is refused, because another plugin would be tested", (name, flags, problem) => {
  expect(() => describeTarget(name, flags)).toThrow(UsageError);
  expect(() => describeTarget(name, flags)).toThrow(problem);
});

test.each([
  ["bridge", { conf: single }],
  ["tuning", { conf: chain }],
  ["mynet", { conf: chain }],
  ["tuning", { conf: repeated }],
  ["tuning#3", { conf: repeated }],
  ["tuning", { profile }],
])("%s with %j is tested", (name, flags) => {
  expect(describeTarget(name, flags)).toBeTypeOf("boolean");
});
