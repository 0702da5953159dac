import { expect, it } from "vitest";
import { html } from "../../../reports/html/markup.ts";
import { page, pageLanguage } from "../../../reports/html/page.ts";

const title = { en: "<Report>", zh: "报告" };
const body = html`<p title="${title}">${title}</p>`;

it("opens in a language and contains the others", () => {
  const chinese = page(title, body, "zh");
  expect(chinese).toContain('<html lang="zh">');
  expect(chinese).toContain(`<title data-en-text="&#60;Report&#62;" data-zh-text="报告">报告</title>`);
  expect(chinese).toContain('<p title="报告"');
  expect(page(title, body)).toContain('<p title="&#60;Report&#62;"');
});

it("names its language", () => {
  expect([page(title, body, "zh"), page(title, body), "<html>", '<html lang="fr">'].map(pageLanguage)).toEqual([
    "zh",
    "en",
    "en",
    "en",
  ]);
});
