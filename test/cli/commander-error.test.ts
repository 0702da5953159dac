/** Errors of commander read like the other errors of cnibench. */
import { expect, test } from "vitest";
import { formatCommanderError } from "../../cli/commander-error.ts";

test.each([
  [
    "error: option '--underlay-delay <time>' argument '5x' is invalid. invalid delay \"5x\": use 1us to 1s\n",
    'cnibench: --underlay-delay: invalid delay "5x": use 1us to 1s\n',
  ],
  [
    "error: option '--nodes <n>' argument '0' is invalid. expected an integer from 1 to 1000\n",
    "cnibench: --nodes 0: expected an integer from 1 to 1000\n",
  ],
  [
    "error: option '--kind <kind>' argument '$1' is invalid. Allowed choices are interface, ipam.\n",
    'cnibench: --kind: unknown value "$1"; expected interface, ipam\n',
  ],
  [
    "error: unknown option '--blokcs'\n(Did you mean --blocks?)\n",
    "cnibench: unknown option '--blokcs'\n(Did you mean --blocks?)\n",
  ],
  ["error: option '--conf <file>' argument missing\n", "cnibench: option '--conf <file>' argument missing\n"],
  ["error: unknown command '\u001b[2J'\n", "cnibench: unknown command '\ufffd[2J'\n"],
])("%j", (error, printed) => {
  expect(formatCommanderError(error)).toBe(printed);
});
