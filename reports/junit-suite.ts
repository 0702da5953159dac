/** The elements of a JUnit XML document. */
import { printable } from "../core/errors.ts";
import { element, type XmlAttributes } from "./xml.ts";

export interface TestCase {
  readonly name: string;
  readonly group: string;
  readonly status: "passed" | "failed" | "skipped";
  /** Reason for a failure or skip; for a passed case, the result. */
  readonly message: string;
  /** Additional output, such as evidence. */
  readonly details?: string;
}

export function junitDocument(suites: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", { name: "cnibench" }, suites)}\n`;
}

/** Returns a test suite element with the counts of its cases. @param output of the entire suite; default: none */
export function suiteElement(
  name: string,
  extraAttributes: XmlAttributes,
  cases: readonly TestCase[],
  output = "",
): string {
  const count = (status: TestCase["status"]): number => cases.filter((one) => one.status === status).length;
  const attributes = {
    name,
    ...extraAttributes,
    tests: cases.length,
    failures: count("failed"),
    errors: 0,
    skipped: count("skipped"),
  };
  return element("testsuite", attributes, [
    ...cases.map((one) => caseElement(name, one)),
    ...(output === "" ? [] : [element("system-out", {}, printable(output))]),
  ]);
}

function caseElement(suite: string, { name, group, status, message, details = "" }: TestCase): string {
  const attributes = { classname: `${suite}.${group}`, name };
  const text = printable(message);
  if (status === "failed") return element("testcase", attributes, [element("failure", { message: text }, details)]);
  if (status === "skipped") return element("testcase", attributes, [element("skipped", { message: text })]);
  return element("testcase", attributes, [element("system-out", {}, details === "" ? text : `${text}\n${details}`)]);
}
