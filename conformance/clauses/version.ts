/** VERSION: its result, and whether the plugin supports exactly the versions that the result lists. */
import {
  errorObject,
  type Invocation,
  isList,
  isSpecVersion,
  type JsonObject,
  SPEC_VERSIONS,
  type SpecVersion,
  withVersion,
} from "../../cni/index.ts";
import { succeeded } from "../../core/shell.ts";
import { demandRejected, describeCall, parseObject } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { demand, ifApplicable, skipUnless } from "./demand.ts";
import { standaloneIpam } from "./standalone-ipam.ts";
import { difference, takeSnapshot } from "../node/snapshot.ts";
import type { ClauseContext } from "./clause-context.ts";

const SECTION = "5-VERSION";

/** Runs VERSION of every plugin in the list, with all parameters: version.noenv tests it without them. */
async function runVersion(context: ClauseContext, request: string): Promise<readonly Invocation[]> {
  const env = {
    CNI_COMMAND: "VERSION",
    CNI_CONTAINERID: "dummy",
    CNI_NETNS: "dummy",
    CNI_IFNAME: "dummy",
    CNI_PATH: context.underTest.pluginPath.join(":"),
  };
  const calls: Invocation[] = [];
  for (const index of context.underTest.list.plugins.keys()) calls.push(await context.execute(index, env, request));
  return calls;
}

/** The VERSION result of every plugin in the list. @throws Skip when there is none */
async function versionResults(
  context: ClauseContext,
  version: string = context.version,
): Promise<readonly JsonObject[]> {
  const calls = await runVersion(context, JSON.stringify({ cniVersion: version }));
  return calls.map((call) => {
    const result = succeeded(call.output) ? parseObject(call.output.stdout) : null;
    skipUnless(result !== null, `VERSION returns no result: ${describeCall(call)}`);
    return result;
  });
}

function versionsIn(result: JsonObject): readonly unknown[] {
  return isList(result.supportedVersions) ? result.supportedVersions : [];
}

async function succeeds(context: ClauseContext): Promise<void> {
  for (const call of await runVersion(context, `{"cniVersion":"1.0.0"}`))
    demand(succeeded(call.output), "exit code 0", describeCall(call));
}

async function hasRequiredKeys(context: ClauseContext): Promise<void> {
  for (const result of await versionResults(context)) {
    const listed = versionsIn(result);
    demand(typeof result.cniVersion === "string", "a string as cniVersion", JSON.stringify(result.cniVersion ?? null));
    demand(
      listed.length > 0 && listed.every((version) => typeof version === "string"),
      "a list of strings as supportedVersions",
      JSON.stringify(result.supportedVersions ?? null),
    );
    demand(
      result.code === undefined && result.msg === undefined,
      "no keys of an error object",
      Object.keys(result).join(", "),
    );
  }
}

async function echoesVersion(context: ClauseContext): Promise<void> {
  for (const version of SPEC_VERSIONS) {
    for (const result of await versionResults(context, version))
      demand(
        result.cniVersion === version,
        `cniVersion ${version}, as in the request`,
        JSON.stringify(result.cniVersion ?? null),
      );
  }
}

async function listsVersionsOnce(context: ClauseContext): Promise<void> {
  for (const result of await versionResults(context)) {
    const listed = versionsIn(result);
    const invalid = listed.find((version) => typeof version !== "string" || !/^\d+\.\d+\.\d+$/.test(version));
    demand(invalid === undefined, "every entry in the form x.y.z", JSON.stringify(invalid));
    demand(new Set(listed).size === listed.length, "every entry once", JSON.stringify(listed));
  }
}

/** Versions that every plugin in the list supports: only these can be used for the entire list. */
function commonVersions(lists: readonly (readonly unknown[])[]): string[] {
  return [...new Set(lists.flat())].filter(
    (version): version is string => typeof version === "string" && lists.every((list) => list.includes(version)),
  );
}

/** An upper plugin cannot use a version that its IPAM plugin does not support. */
async function supportsListed(context: ClauseContext): Promise<void> {
  const own = (await versionResults(context)).map(versionsIn);
  const unknown = commonVersions(own).find((version) => !isSpecVersion(version));
  demand(unknown === undefined, "released versions of the specification", String(unknown));
  const ipam = (await ifApplicable(standaloneIpam(context).then(versionResults))) ?? [];
  const listed = commonVersions([...own, ...ipam.map(versionsIn)]);
  skipUnless(listed.length > 0, "no version is listed by all plugins in the list and the IPAM plugin");
  for (const version of listed as SpecVersion[]) {
    const network = context.withNetwork(withVersion(context.underTest.list, version));
    const target = await network.createContainer();
    const { ok, raw, last } = await network.tryAdd(target);
    demand(ok, `ADD with cniVersion ${version}, which VERSION lists, to succeed`, describeCall(last));
    demand(raw?.cniVersion === version, `a result of version ${version}`, JSON.stringify(raw?.cniVersion ?? null));
    const deleted = await network.del({ ...target, raw });
    demand(deleted.ok, `DEL with cniVersion ${version}, which VERSION lists, to succeed`, describeCall(deleted.last));
  }
}

async function rejectsUnlisted(context: ClauseContext): Promise<void> {
  const lists = (await versionResults(context)).map(versionsIn);
  for (const [index, listed] of lists.entries()) {
    for (const version of SPEC_VERSIONS.filter((candidate) => !listed.includes(candidate))) {
      const call = await context.invoke("ADD", index, await context.createContainer(), {
        request: (request) => ({ ...request, cniVersion: version }),
      });
      demandRejected(call, `ADD with cniVersion ${version}, which VERSION does not list,`, { codes: [1] });
    }
  }
}

async function requiresNoParameters(context: ClauseContext): Promise<void> {
  for (const index of context.underTest.list.plugins.keys()) {
    const call = await context.execute(index, { CNI_COMMAND: "VERSION" }, `{"cniVersion":"1.0.0"}`);
    demand(succeeded(call.output), "exit code 0 with CNI_COMMAND as the only parameter", describeCall(call));
  }
}

async function changesNothing(context: ClauseContext): Promise<void> {
  const before = await takeSnapshot(context);
  await runVersion(context, `{"cniVersion":"1.0.0"}`);
  const changes = difference(before, await takeSnapshot(context));
  demand(changes.length === 0, "the node unchanged", `${changes.length} changes`, changes);
}

/** Old container runtimes send no input with VERSION. */
async function allowsEmptyInput(context: ClauseContext): Promise<void> {
  for (const stdin of ["", "no json"]) {
    const call = await context.execute(context.underTest.target, { CNI_COMMAND: "VERSION" }, stdin);
    const code = errorObject(call.output.stdout)?.code;
    demand(
      succeeded(call.output) || code === 5 || code === 6,
      `success, or code 5 or 6, with ${stdin === "" ? "empty input" : "input that is not JSON"}`,
      describeCall(call),
    );
  }
}

async function handlesUnknownVersion(context: ClauseContext): Promise<void> {
  const call = await context.execute(context.underTest.target, { CNI_COMMAND: "VERSION" }, `{"cniVersion":"9.9.9"}`);
  demand(
    succeeded(call.output) || errorObject(call.output.stdout)?.code === 1,
    "success, or code 1, for a version that does not exist",
    describeCall(call),
  );
}

export const version = withSharedFacts({ dependsOnVersion: false, core: true, since: "0.2.0", needsAdd: false }, [
  {
    id: "version.ok",
    level: "MUST",
    section: SECTION,
    sentence: "VERSION succeeds.",
    test: succeeds,
  },
  {
    id: "version.shape",
    dependsOnVersion: true,
    level: "MUST",
    section: SECTION,
    sentence: "The VERSION result contains cniVersion and a non-empty list supportedVersions.",
    test: hasRequiredKeys,
  },
  {
    id: "version.echo",
    level: "MUST",
    since: "1.0.0",
    goSkeleton: "always",
    section: SECTION,
    sentence: "The VERSION result contains the cniVersion of the request.",
    test: echoesVersion,
  },
  {
    id: "version.list.semver",
    level: "derived",
    section: SECTION,
    sentence: "Every entry of supportedVersions has the form x.y.z and occurs once.",
    test: listsVersionsOnce,
  },
  {
    id: "version.list.truth.listed",
    level: "derived",
    needsAdd: true,
    section: SECTION,
    sentence: "ADD and DEL succeed with every version that VERSION lists, and ADD returns a result of that version.",
    test: supportsListed,
  },
  {
    id: "version.list.truth.unlisted",
    level: "derived",
    needsAdd: true,
    section: SECTION,
    sentence: "ADD fails with code 1 for every version that VERSION does not list.",
    test: rejectsUnlisted,
  },
  {
    id: "version.noenv",
    level: "MUST",
    section: "2-VERSION",
    sentence: "VERSION requires no parameter other than CNI_COMMAND.",
    test: requiresNoParameters,
  },
  {
    id: "version.pure",
    level: "derived",
    section: "2-VERSION",
    sentence: "VERSION does not change any state.",
    test: changesNothing,
  },
  {
    id: "version.nostdin",
    level: "beyond",
    core: false,
    section: "0.2.0 VERSION",
    sentence: "VERSION requires no input.",
    test: allowsEmptyInput,
  },
  {
    id: "version.unknown-input",
    level: "beyond",
    core: false,
    section: "-",
    sentence: "VERSION with an unknown cniVersion succeeds or fails with code 1.",
    test: handlesUnknownVersion,
  },
]);
