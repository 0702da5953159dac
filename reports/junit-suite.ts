/** The elements of JUnit's XML. */
import { printable } from "../core/errors.ts";
import { element, type Attributes } from "./xml.ts";

export interface TestCase {
  readonly name: string;
  readonly group: string;
  readonly status: "passed" | "failed" | "skipped";
  /** Why it failed or was skipped; of a passed one what was seen. */
  readonly message: string;
  /** More of what was seen. */
  readonly details?: string;
}

export function junitDocument(suites: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", { name: "cnibench" }, suites)}\n`;
}

/** One suite with its counts. */
export function suiteElement(name: string, extraAttributes: Attributes, cases: readonly TestCase[]): string {
  const count = (status: TestCase["status"]): number => cases.filter((one) => one.status === status).length;
  const attributes = {
    name,
    ...extraAttributes,
    tests: cases.length,
    failures: count("failed"),
    errors: 0,
    skipped: count("skipped"),
  };
  return element(
    "testsuite",
    attributes,
    cases.map((one) => caseElement(name, one)),
  );
}

function caseElement(suite: string, { name, group, status, message, details = "" }: TestCase): string {
  const attributes = { classname: `${suite}.${group}`, name };
  const printed = printable(message);
  if (status === "failed") return element("testcase", attributes, [element("failure", { message: printed }, details)]);
  if (status === "skipped") return element("testcase", attributes, [element("skipped", { message: printed })]);
  return element("testcase", attributes, [
    element("system-out", {}, details === "" ? printed : `${printed}\n${details}`),
  ]);
}
