/** What went wrong in apt-get, as one sentence with the next step. */
import { EnvironmentError, lastLine } from "../errors.ts";
import type { Output } from "../shell.ts";

/** In order: the first that matches explains best. Each gets the line that matched. */
const EXPLANATIONS: readonly (readonly [RegExp, (line: string) => string])[] = [
  [
    /No space left on device|don't have enough free space/,
    () => "the disk of the cache folder is full: free some space, or set CNIBENCH_CACHE to another disk",
  ],
  [
    /NO_PUBKEY|BADSIG|EXPKEYSIG|EXPSIG|is not signed|signatures? (?:couldn't|were|was|verification)|not (?:be )?authenticated/,
    (line) =>
      `the signature of the package archive cannot be verified (${line}), and unverified packages are never used: ` +
      "renew the archive's keys (`sudo apt-get install debian-archive-keyring` or `ubuntu-keyring`), then try again",
  ],
  [
    /Unable to locate package|no installation candidate|is not available, but is referred to/,
    (line) =>
      `the package archive does not have what is needed (${line}): check the sources in /etc/apt, or install the tool by hand`,
  ],
  [
    /unmet dependencies|held broken packages|Unmet dependencies/,
    () => "apt cannot resolve the packages' dependencies on this system: run `sudo apt-get install -f`, then try again",
  ],
  [
    /Release file .* (?:is expired|is not valid yet)/,
    (line) => `the package archive's index is out of date (${line}): check this machine's clock, then try again`,
  ],
  [
    /Failed to fetch|Could not resolve|Could not connect|Cannot initiate the connection|Connection (?:failed|timed out)/,
    (line) =>
      `the package archive cannot be reached (${line}): check the network, or the proxy that apt uses (http_proxy, /etc/apt/apt.conf.d), then try again`,
  ],
];

/** The error for an apt-get that failed, or that ended well without doing its work. */
export function explainAptFailure(output: Output): EnvironmentError {
  if (output.startError !== null) return new EnvironmentError(`apt-get cannot be started: ${output.startError}`);
  if (output.ended === "timeout") {
    return new EnvironmentError(
      `apt-get was ended after ${Math.round(output.duration)} s: check the network, or the proxy that apt uses (http_proxy, /etc/apt/apt.conf.d), then try again`,
    );
  }
  const lines = `${output.stderr}\n${output.stdout}`.split("\n");
  for (const [pattern, sentence] of EXPLANATIONS) {
    const line = lines.find((one) => pattern.test(one));
    if (line !== undefined) return new EnvironmentError(sentence(lastLine(line.replace(/^\s*[EW]: /, ""))));
  }
  return new EnvironmentError(
    `apt-get failed: ${lastLine(output.stderr) || `exit code ${output.exitCode}`}; install the tools by hand, or see whether \`sudo apt-get update\` works`,
  );
}
