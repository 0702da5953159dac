import { expect, test } from "vitest";
import { parseNetworkConfig } from "../../../cni/conf.ts";
import type { SpecVersion } from "../../../cni/spec-versions.ts";
import { createTasks, groupTasks, versionOf, type ClauseTask } from "../../../conformance/session/tasks.ts";
import type { PluginUnderTest } from "../../../conformance/under-test/plugin-under-test.ts";
import { guessProfile } from "../../../conformance/under-test/profile.ts";

const LIST = parseNetworkConfig(`{"cniVersion":"1.0.0","name":"n","type":"bridge"}`, "test");

function tasksFor(versions: readonly SpecVersion[], only: string): readonly ClauseTask[] {
  const profile = guessProfile(LIST);
  const underTest = { ...profile, list: LIST } as unknown as PluginUnderTest;
  return versions.flatMap((version) => createTasks(underTest, version, new Map(), { profile, only }));
}

/** The groups, as the versions of each clause. */
function groupsOf(tasks: readonly ClauseTask[]): readonly string[] {
  return groupTasks(tasks).map((group) => {
    const members = group.map((i) => tasks[i] as ClauseTask);
    return `${members[0]?.clause.id} ${members.map(versionOf).join(" ")}`;
  });
}

test("every version has a task for each of its clauses, in the order of the versions", () => {
  const tasks = tasksFor(["0.3.1", "0.4.0"], "conc.del,check.repeat,add.result.version");
  expect(tasks.map((task) => `${versionOf(task)} ${task.clause.id}`)).toEqual([
    ...["0.3.1 add.result.version", "0.3.1 conc.del"],
    ...["0.4.0 add.result.version", "0.4.0 check.repeat", "0.4.0 conc.del"],
  ]);
});

test("a clause that does not depend on the version is a group, the newest version first", () => {
  expect(groupsOf(tasksFor(["0.3.1", "0.4.0", "1.0.0"], "conc.del,check.repeat,add.result.version"))).toEqual([
    ...["add.result.version 1.0.0", "check.repeat 1.0.0 0.4.0", "conc.del 1.0.0 0.4.0 0.3.1"],
    ...["add.result.version 0.4.0", "add.result.version 0.3.1"],
  ]);
});

test("the newest version is the newest one that has the clause", () => {
  expect(groupsOf(tasksFor(["0.3.1", "0.4.0"], "check.repeat,conc.del,cfg.name.chars"))).toEqual([
    ...["check.repeat 0.4.0", "conc.del 0.4.0 0.3.1"],
  ]);
});
