/** A run as a page of one or several runs contains it. */
import type { ScreenQuestions } from "../../first-screen/screen-questions.ts";
import type { Text } from "../../language/text.ts";
import type { Figure } from "../../questions.ts";
import type { ReportInput } from "../../report.ts";

export interface PageRun {
  readonly input: ReportInput;
  readonly figures: readonly Figure[];
  readonly questions: ScreenQuestions;
  /** Of all ids of the run; empty if the page has no other run. */
  readonly prefix: string;
  /** `Run 2` */
  readonly name: Text;
}
