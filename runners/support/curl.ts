/** Measures request times with curl in a pod. Each request is a new process, so no state is reused. */
import { CommandError } from "../../core/shell.ts";
import { succeeded, type Shell } from "../../core/shell.ts";
import type { RunContext } from "../runner.ts";
import type { StoredOutputs } from "./stored-outputs.ts";

/** Times that curl reports for a request, in seconds since its start (curl(1), --write-out). */
type CurlTime = "time_namelookup" | "time_connect" | "time_total";

export interface CurlRequests {
  readonly url: string;
  readonly count: number;
  readonly times: readonly CurlTime[];
  /** Exit code that also counts as success. Default: none. */
  readonly acceptedExitCode?: number;
}

/** Timeout of one request. */
const REQUEST_TIMEOUT_S = 5;
/** Runs curl $1 times; each request prints one line, also if it fails. */
const REQUEST_LOOP = 'count=$1; shift; while [ "$count" -gt 0 ]; do curl "$@"; count=$((count - 1)); done';

/**
 * Runs the requests one after the other. An additional first request warms up; its times are discarded.
 * @returns the times of each request, in the order of `times`
 * @throws Error with curl's error message if a request fails; CommandError if curl cannot run
 */
export async function curlTimes(
  shell: Shell,
  { url, count, times, acceptedExitCode = 0 }: CurlRequests,
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
  return parseTimes(output.stdout, times.length, acceptedExitCode).slice(1);
}

/** Returns the times of {@link curlTimes} from its stored output. @throws Error if a request failed */
export function storedTimes(
  stored: StoredOutputs,
  count: number,
  acceptedExitCode = 0,
): readonly (readonly number[])[] {
  return parseTimes(stored.stdout("client"), count, acceptedExitCode).slice(1);
}

/** Parses one line per request. Pure. @param count times per line. @throws Error if a request failed. */
export function parseTimes(text: string, count: number, acceptedExitCode: number): readonly (readonly number[])[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [code, ...fields] = line.split(" ");
      const values = fields.slice(0, count).map(Number);
      if (code !== "0" && code !== String(acceptedExitCode))
        throw new Error(`curl failed with exit code ${code}: ${fields.slice(count).join(" ") || "no error message"}`);
      if (values.length < count || !values.every((value) => Number.isFinite(value)))
        throw new Error(`unexpected output of curl: ${line.slice(0, 100)}`);
      return values;
    });
}
