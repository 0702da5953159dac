/** Builds upstream binaries with the Go toolchain. */
import { localShell } from "../../core/local.ts";
import { succeeded } from "../../core/shell.ts";

/** Long enough for a first build, which compiles all dependencies. */
const BUILD_TIMEOUT_S = 300;
/** Errors of go on a machine without network or without access to the modules. */
const OFFLINE_ERROR = /dial tcp|no such host|connection refused|i\/o timeout|module lookup disabled|40[34] |502 Bad/;

/** Whether Go is missing on this machine, so that tests are skipped. */
export const goMissing = !succeeded(await localShell().exec(["go", "version"]));
if (goMissing) console.error("go not found: skipping the tests that build upstream binaries");

/**
 * Builds packages of one module.
 * @param bin target directory
 * @param packages with the module version
 * @returns why they cannot be built on this machine, or null on success
 * @throws Error if they do not compile
 */
export async function buildWithGo(
  bin: string,
  packages: readonly string[],
  ldflags: string,
  cgo = false,
): Promise<string | null> {
  const env = { GOBIN: bin, GOFLAGS: "-mod=mod -modcacherw", CGO_ENABLED: cgo ? "1" : "0" };
  const built = await localShell().exec(["go", "install", "-ldflags", ldflags, ...packages], {
    env,
    timeout: BUILD_TIMEOUT_S,
  });
  const last = built.stderr.trim().split("\n").at(-1);
  if (built.ended === "timeout") return `go did not build ${packages.join(" ")} within ${BUILD_TIMEOUT_S} s`;
  if (OFFLINE_ERROR.test(built.stderr)) return `go could not fetch ${packages.join(" ")}: ${last}`;
  if (!succeeded(built)) throw new Error(built.stderr);
  return null;
}
