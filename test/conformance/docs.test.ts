import { expect, test } from "vitest";
import { renderClauses } from "../../conformance/clauses/clauses-page.ts";
import { CLAUSES } from "../../conformance/clauses/index.ts";

test("docs/clauses.md matches the clauses in the code", async () => {
  await expect(renderClauses()).toMatchFileSnapshot("../../docs/clauses.md");
});

test("ids are unique and well formed, sentences are complete", () => {
  expect(new Set(CLAUSES.map(({ id }) => id)).size).toBe(CLAUSES.length);
  for (const { id, sentence } of CLAUSES) {
    expect(id).toMatch(/^[a-z]+(\.[a-z0-9-]+)+$/);
    expect(sentence).toMatch(/^[A-Za-z].*\.$/);
    expect(sentence).not.toContain("|");
  }
});
