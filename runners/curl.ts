/** Times of curl, from within one pod: a process for each request, so that nothing is remembered of the one before. */
import { CommandError } from "../core/errors.ts";
import { succeeded, type Shell } from "../core/shell.ts";
import type { RunContext } from "./runner.ts";

/** What curl can tell of a request, seconds since its start (curl(1), --write-out). */
export type CurlTime = "time_namelookup" | "time_connect" | "time_total";

export interface CurlRequests {
  readonly url: string;
  readonly count: number;
  readonly times: readonly CurlTime[];
  /** Exit code that is as good as 0; left out: none. */
  readonly acceptedExitCode?: number;
}

/** Seconds for one request. */
const REQUEST_TIMEOUT_S = 5;
/** Whatever a request comes to stands in its line, and the next one follows. */
const REQUEST_LOOP = 'count=$1; shift; while [ "$count" -gt 0 ]; do curl "$@"; count=$((count - 1)); done';

/**
 * One more request is made before, whose times are thrown away.
 * @returns for each request its times, in the order in which they were asked for
 * @throws Error with curl's own words when a request fails; CommandError when curl is not there.
 */
export async function curlTimes(
  shell: Shell,
  { url, count, times, acceptedExitCode: accepted = 0 }: CurlRequests,
  { signal, keep }: Pick<RunContext, "signal" | "keep">,
): Promise<readonly (readonly number[])[]> {
  const format = `%{exitcode} ${times.map((time) => `%{${time}}`).join(" ")} %{errormsg}\n`;
  const curl = [
    "--silent",
    "--insecure",
    "--http1.1",
    "--noproxy",
    "*",
    "--max-time",
    String(REQUEST_TIMEOUT_S),
    "--output",
    "/dev/null",
    "--write-out",
    format,
    url,
  ];
  const output = await shell.exec(["sh", "-c", REQUEST_LOOP, "sh", String(count + 1), ...curl], {
    timeout: (count + 1) * REQUEST_TIMEOUT_S,
    signal,
  });
  keep("client", output);
  if (!succeeded(output) && output.stdout === "") throw new CommandError(output);
  return parseTimes(output.stdout, times.length, accepted).slice(1);
}

/** Pure. @param count times in each line. @throws Error when a request failed. */
export function parseTimes(text: string, count: number, accepted: number): readonly (readonly number[])[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [code, ...fields] = line.split(" ");
      const values = fields.slice(0, count).map(Number);
      if (code !== "0" && code !== String(accepted))
        throw new Error(
          `curl failed with exit code ${code}: ${fields.slice(count).join(" ") || "it does not say why"}`,
        );
      if (values.length < count || !values.every((value) => Number.isFinite(value)))
        throw new Error(`curl wrote a line that is none of its times: ${line.slice(0, 100)}`);
      return values;
    });
}
