/** Mutants of VERSION, and of results in the format of another version. */
import { convertResult } from "../../../cni/convert.ts";
import { stringifyJson, type JsonObject } from "../../../cni/lossless-json.ts";
import type { CniResult } from "../../../cni/types.ts";
import { LATEST_VERSION, SPEC_VERSIONS } from "../../../cni/spec-versions.ts";
import { editJson, fail } from "./mutant-helpers.ts";
import { ri, type Mutant } from "./mutant.ts";

/** Formats the result as another version, but with the requested cniVersion. */
function formatAs(version: "1.0.0" | "0.4.0", edit = (result: JsonObject): JsonObject => result) {
  return (result: CniResult, requested: string): string =>
    stringifyJson({ ...edit(convertResult(result as unknown as JsonObject, version)), cniVersion: requested });
}

export const VERSION: readonly Mutant[] = [
  ri(
    { number: "M053", description: "VERSION returns its own latest version as cniVersion", fails: ["version.echo"] },
    (original) => ({
      versions: () => original.versions(LATEST_VERSION),
    }),
  ),
  ri(
    { number: "M055", description: "VERSION lists 0.4.0, but ADD rejects it", fails: ["version.list.truth.listed"] },
    (original) => ({
      versionOf: (config) =>
        config.cniVersion === "0.4.0" ? fail("0.4.0 is not supported", 1) : original.versionOf(config),
    }),
  ),
  ri(
    {
      number: "M056",
      description: "VERSION does not list 0.3.1, but ADD accepts it",
      fails: ["version.list.truth.unlisted", "cfg.version.unsupported"],
    },
    () => ({
      versions: (requested) => ({
        cniVersion: requested,
        supportedVersions: SPEC_VERSIONS.filter((version) => version !== "0.3.1"),
      }),
    }),
  ),
  ri(
    {
      number: "M058",
      description: "a result in the format of 1.0.0 for 0.4.0",
      fails: ["add.result.shape.ipversion", "add.result.shape.03x"],
      version: "0.4.0",
    },
    () => ({ formatResult: (result, { version }) => formatAs("1.0.0")(result, version) }),
  ),
  ri(
    {
      number: "M059",
      description: "a result in the format of 1.0.0 for 0.2.0",
      fails: ["add.result.shape.020", "add.result.nofuture"],
      version: "0.2.0",
    },
    () => ({ formatResult: (result, { version }) => formatAs("1.0.0")(result, version) }),
  ),
  ri(
    {
      number: "M061",
      description: "ips[].version in a result of 1.0.0",
      fails: ["add.result.shape.100", "add.result.nofuture"],
      version: "1.0.0",
    },
    () => ({ formatResult: (result, { version }) => formatAs("0.4.0")(result, version) }),
  ),
  ri(
    {
      number: "M062",
      description: "interfaces[].mtu in a result of 1.0.0",
      fails: ["add.result.shape.100", "add.result.nofuture"],
      version: "1.0.0",
    },
    (original) => ({
      formatResult: (result, request) =>
        editJson(original.formatResult(result, request), (raw) => ({
          ...raw,
          interfaces: result.interfaces as unknown as JsonObject[],
        })),
    }),
  ),
  ri(
    { number: "M238", description: "supportedVersions contains 1.0, and 0.4.0 twice", fails: ["version.list.semver"] },
    () => ({
      versions: (requested) => ({ cniVersion: requested, supportedVersions: [...SPEC_VERSIONS, "0.4.0", "1.0"] }),
    }),
  ),
  ri(
    { number: "M239", description: "VERSION creates a directory for its data", fails: ["version.pure"] },
    (original) => ({
      serve: async (call) => {
        if (call.env.CNI_COMMAND === "VERSION") await call.shell.exec(["mkdir", "-p", "/var/lib/cni/ri"]);
        return original.serve(call);
      },
    }),
  ),
];
