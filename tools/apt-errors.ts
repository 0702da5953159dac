/** Explains apt-get failures in one sentence with the next step. */
import { EnvironmentError, lastLine } from "../core/errors.ts";
import type { Output } from "../core/shell.ts";

const NETWORK_ADVICE = "check the network, or the proxy that apt uses (http_proxy, /etc/apt/apt.conf.d), then retry";

/** Most specific first: the first match wins. Each function receives the matching line. */
const EXPLANATIONS: readonly (readonly [RegExp, (line: string) => string])[] = [
  [
    /No space left on device|don't have enough free space/,
    () => "the disk of the cache directory is full: free some space, or set CNIBENCH_CACHE to another disk",
  ],
  [
    anyOf(
      "NO_PUBKEY|BADSIG|EXPKEYSIG|EXPSIG|is not signed",
      "signatures? (?:couldn't|were|was|verification)",
      "not (?:be )?authenticated",
    ),
    (line) =>
      `cannot verify the signature of the package archive (${line}), and unverified packages are not used: ` +
      "update the keys (`sudo apt-get install debian-archive-keyring` or `ubuntu-keyring`), then retry",
  ],
  [
    /Unable to locate package|no installation candidate|is not available, but is referred to/,
    (line) => `package not found in the archive (${line}): check the sources in /etc/apt, or install the tool manually`,
  ],
  [
    /unmet dependencies|held broken packages|Unmet dependencies/,
    () => "apt cannot resolve the dependencies of the packages: run `sudo apt-get install -f`, then retry",
  ],
  [
    /Release file .* (?:is expired|is not valid yet)/,
    (line) => `the index of the package archive is not valid now (${line}): check the system clock, then retry`,
  ],
  [
    anyOf(
      "Failed to fetch|Could not resolve|Could not connect|Cannot initiate the connection",
      "Connection (?:failed|timed out)",
    ),
    (line) => `cannot reach the package archive (${line}): ${NETWORK_ADVICE}`,
  ],
];

/** Returns the error for an apt-get that failed, or that exited with code 0 without doing its work. */
export function explainAptFailure(output: Output): EnvironmentError {
  if (output.startError !== null) return new EnvironmentError(`apt-get cannot start: ${output.startError}`);
  if (output.ended === "timeout") {
    return new EnvironmentError(`apt-get timed out after ${Math.round(output.duration)} s: ${NETWORK_ADVICE}`);
  }
  const lines = `${output.stderr}\n${output.stdout}`.split("\n");
  for (const [pattern, sentence] of EXPLANATIONS) {
    const line = lines.find((one) => pattern.test(one));
    if (line !== undefined) return new EnvironmentError(sentence(lastLine(line.replace(/^\s*[EW]: /, ""))));
  }
  const reason = lastLine(output.stderr) || `exit code ${output.exitCode}`;
  return new EnvironmentError(
    `apt-get failed: ${reason}; check that \`sudo apt-get update\` works, or install the tools manually`,
  );
}

function anyOf(...patterns: readonly string[]): RegExp {
  return new RegExp(patterns.join("|"));
}
