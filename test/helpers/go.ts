/** Upstream programs, built by the ordinary Go client. */
import { localShell } from "../../core/local.ts";
import { succeeded } from "../../core/shell.ts";

/** Seconds: a first build compiles everything that a program needs. */
const BUILD_TIMEOUT_S = 300;
/** What go says of a machine without network, or of one that may not have the modules. */
const OFFLINE_ERROR = /dial tcp|no such host|connection refused|i\/o timeout|module lookup disabled|40[34] |502 Bad/;

/** Whether this machine has no Go: tests say so and are skipped. */
export const goMissing = !succeeded(await localShell().exec(["go", "version"]));
if (goMissing) console.error("not tried: upstream programs are built with go, which is not here");

/**
 * @param bin folder for the programs
 * @param packages of one module, with the version of it
 * @returns why they cannot be had on this machine; null: they are there
 * @throws Error when they do not compile
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
