/** VERSION: what a plugin says that it speaks, and whether that is so. */
import { SPEC_VERSIONS, isSpecVersion, type SpecVersion } from "../../../cni/version.ts";
import { isList, type JsonObject } from "../../../cni/json.ts";
import { errorObject } from "../../../cni/errors.ts";
import { withVersion } from "../../../cni/conf.ts";
import type { Invocation } from "../../../cni/types.ts";
import { succeeded } from "../../../core/shell.ts";
import { parseObject, describeCall } from "../plugin-output.ts";
import { demand, skipUnless, type Clause } from "../clause.ts";
import { difference, takeSnapshot } from "../snapshot.ts";
import type { ClauseContext } from "../clause-context.ts";

const SECTION = "5-VERSION";

/** VERSION of every plugin of the list. The other variables are there: a clause of its own takes them away. */
async function askAll(context: ClauseContext, request: string): Promise<readonly Invocation[]> {
  const calls: Invocation[] = [];
  for (const index of context.underTest.list.plugins.keys()) {
    calls.push(
      await context.execute(
        index,
        {
          CNI_COMMAND: "VERSION",
          CNI_CONTAINERID: "dummy",
          CNI_NETNS: "dummy",
          CNI_IFNAME: "dummy",
          CNI_PATH: context.underTest.pluginPath.join(":"),
        },
        request,
      ),
    );
  }
  return calls;
}

async function answers(context: ClauseContext, version: string = context.version): Promise<readonly JsonObject[]> {
  const calls = await askAll(context, JSON.stringify({ cniVersion: version }));
  return calls.map((call) => {
    const answer = succeeded(call.output) ? parseObject(call.output.stdout) : null;
    skipUnless(answer !== null, `VERSION gives no answer: ${describeCall(call)}`);
    return answer;
  });
}

function versionsIn(answer: JsonObject): readonly unknown[] {
  return isList(answer.supportedVersions) ? answer.supportedVersions : [];
}

async function works(context: ClauseContext): Promise<void> {
  for (const call of await askAll(context, `{"cniVersion":"1.0.0"}`))
    demand(succeeded(call.output), "exit code 0", describeCall(call));
}

async function hasShape(context: ClauseContext): Promise<void> {
  for (const answer of await answers(context)) {
    const listed = versionsIn(answer);
    demand(
      typeof answer.cniVersion === "string",
      `"cniVersion" with a string`,
      JSON.stringify(answer.cniVersion ?? null),
    );
    demand(
      listed.length > 0 && listed.every((version) => typeof version === "string"),
      `"supportedVersions" with a list of strings`,
      JSON.stringify(answer.supportedVersions ?? null),
    );
    demand(
      answer.code === undefined && answer.msg === undefined,
      "no keys of an error object",
      Object.keys(answer).join(", "),
    );
  }
}

async function echoes(context: ClauseContext): Promise<void> {
  for (const version of SPEC_VERSIONS) {
    for (const answer of await answers(context, version))
      demand(
        answer.cniVersion === version,
        `cniVersion ${version}, as asked`,
        JSON.stringify(answer.cniVersion ?? null),
      );
  }
}

async function listsVersions(context: ClauseContext): Promise<void> {
  for (const answer of await answers(context)) {
    const listed = versionsIn(answer);
    const bad = listed.find((version) => typeof version !== "string" || !/^\d+\.\d+\.\d+$/.test(version));
    demand(bad === undefined, "every entry of the form x.y.z", JSON.stringify(bad));
    demand(new Set(listed).size === listed.length, "every entry once", JSON.stringify(listed));
  }
}

/** Versions that every plugin of the list says it speaks: only those can be asked of the whole. */
function common(lists: readonly (readonly unknown[])[]): string[] {
  return [...new Set(lists.flat())].filter(
    (version): version is string => typeof version === "string" && lists.every((list) => list.includes(version)),
  );
}

async function listedWork(context: ClauseContext): Promise<void> {
  const listed = common((await answers(context)).map(versionsIn));
  skipUnless(listed.length > 0, "VERSION lists nothing that all plugins of the list share");
  const unknown = listed.find((version) => !isSpecVersion(version));
  demand(unknown === undefined, "released versions of the specification", String(unknown));
  for (const version of listed as SpecVersion[]) {
    const spoken = context.withNetwork(withVersion(context.underTest.list, version));
    const target = await spoken.createContainer();
    const { ok, raw, last } = await spoken.tryAdd(target);
    demand(ok, `ADD with cniVersion ${version} to work, for VERSION lists it`, describeCall(last));
    demand(raw?.cniVersion === version, `a result of version ${version}`, JSON.stringify(raw?.cniVersion ?? null));
    const deleted = await spoken.del({ ...target, raw });
    demand(deleted.ok, `DEL with cniVersion ${version} to work, for VERSION lists it`, describeCall(deleted.last));
  }
}

async function unlistedRefused(context: ClauseContext): Promise<void> {
  const lists = (await answers(context)).map(versionsIn);
  for (const [index, listed] of lists.entries()) {
    for (const version of SPEC_VERSIONS.filter((candidate) => !listed.includes(candidate))) {
      const call = await context.invoke("ADD", index, await context.createContainer(), {
        request: (request) => ({ ...request, cniVersion: version }),
      });
      demand(
        !succeeded(call.output),
        `ADD with cniVersion ${version} to fail, for VERSION does not list it`,
        "exit code 0",
      );
      demand(errorObject(call.output.stdout)?.code === 1, "error code 1 (incompatible version)", describeCall(call));
    }
  }
}

async function needsNoEnvironment(context: ClauseContext): Promise<void> {
  for (const index of context.underTest.list.plugins.keys()) {
    const call = await context.execute(index, { CNI_COMMAND: "VERSION" }, `{"cniVersion":"1.0.0"}`);
    demand(succeeded(call.output), "exit code 0 with CNI_COMMAND as the only parameter", describeCall(call));
  }
}

async function changesNothing(context: ClauseContext): Promise<void> {
  const before = await takeSnapshot(context);
  await askAll(context, `{"cniVersion":"1.0.0"}`);
  const changes = difference(before, await takeSnapshot(context));
  demand(changes.length === 0, "the node as it was", `${changes.length} changes`, changes);
}

/** Old runtimes send nothing with VERSION. */
async function toleratesNoInput(context: ClauseContext): Promise<void> {
  for (const stdin of ["", "no json"]) {
    const call = await context.execute(context.underTest.target, { CNI_COMMAND: "VERSION" }, stdin);
    const code = errorObject(call.output.stdout)?.code;
    demand(
      succeeded(call.output) || code === 5 || code === 6,
      `success, or code 5 or 6, with ${stdin === "" ? "an empty input" : "an input that is no JSON"}`,
      describeCall(call),
    );
  }
}

async function toleratesUnknownVersion(context: ClauseContext): Promise<void> {
  const call = await context.execute(context.underTest.target, { CNI_COMMAND: "VERSION" }, `{"cniVersion":"9.9.9"}`);
  demand(
    succeeded(call.output) || errorObject(call.output.stdout)?.code === 1,
    "success, or code 1, when asked with a version that does not exist",
    describeCall(call),
  );
}

export const version = [
  { id: "version.ok", level: "MUST", since: "0.2.0", section: SECTION, sentence: "VERSION succeeds.", test: works },
  {
    id: "version.shape",
    level: "MUST",
    since: "0.2.0",
    section: SECTION,
    sentence: "The VERSION result contains cniVersion and a non-empty list supportedVersions.",
    test: hasShape,
  },
  {
    id: "version.echo",
    level: "MUST",
    since: "1.0.0",
    section: SECTION,
    sentence: "The VERSION result contains the cniVersion of the request.",
    test: echoes,
  },
  {
    id: "version.list.semver",
    level: "derived",
    since: "0.2.0",
    section: SECTION,
    sentence: "Every entry of supportedVersions has the form x.y.z and occurs once.",
    test: listsVersions,
  },
  {
    id: "version.list.truth.listed",
    level: "derived",
    since: "0.2.0",
    section: SECTION,
    sentence: "ADD and DEL succeed with every version that VERSION lists, and ADD returns a result of that version.",
    test: listedWork,
  },
  {
    id: "version.list.truth.unlisted",
    level: "derived",
    since: "0.2.0",
    section: SECTION,
    sentence: "ADD fails with code 1 for every version that VERSION does not list.",
    test: unlistedRefused,
  },
  {
    id: "version.noenv",
    level: "MUST",
    since: "0.2.0",
    section: "2-VERSION",
    sentence: "VERSION requires no parameter other than CNI_COMMAND.",
    test: needsNoEnvironment,
  },
  {
    id: "version.pure",
    level: "derived",
    since: "0.2.0",
    section: "2-VERSION",
    sentence: "VERSION does not change any state.",
    test: changesNothing,
  },
  {
    id: "version.nostdin",
    level: "beyond",
    since: "0.2.0",
    section: "0.2.0 VERSION",
    sentence: "VERSION requires no input.",
    test: toleratesNoInput,
  },
  {
    id: "version.unknown-input",
    level: "beyond",
    since: "0.2.0",
    section: "-",
    sentence: "VERSION with an unknown cniVersion succeeds or fails with code 1.",
    test: toleratesUnknownVersion,
  },
] as const satisfies readonly Clause[];
