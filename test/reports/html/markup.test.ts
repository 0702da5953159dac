import { expect, it } from "vitest";
import { html, trusted } from "../../../reports/html/markup.ts";
import { same } from "../../../reports/language/text.ts";

const undecided = { en: "<undecided>", zh: "未定" };

it("escapes all content except markup", () => {
  expect(html`<td title="${`a"b`}">${"<b>"}${3}${null}${[html`<i>${"&"}</i>`, "'"]}</td>`.text).toBe(
    `<td title="a&#34;b">&#60;b&#62;3<i>&#38;</i>&#39;</td>`,
  );
  expect(html`${trusted("<br>")}`.text).toBe("<br>");
});

it("replaces control characters and changes of the writing direction", () => {
  expect(html`${"a\u0000b\u001bc\u202ed"}`.text).toBe("a\ufffdb\ufffdc\ufffdd");
});

it("contains a text in all languages, each with its language", () => {
  const both = `<td><span lang="en">&#60;undecided&#62;</span><span lang="zh">未定</span></td>`;
  expect(html`<td>${undecided}</td>`.text).toBe(both);
  expect(html`<td>${[undecided]}</td>`.in("zh")).toBe(both);
  expect(html`<td>${{ en: html`<b>${"a&b"}</b> wins`, zh: html`<b>${"a&b"}</b> 胜出` }}</td>`.text).toBe(
    `<td><span lang="en"><b>a&#38;b</b> wins</span><span lang="zh"><b>a&#38;b</b> 胜出</span></td>`,
  );
});

it("does not repeat a text that is the same in all languages", () => {
  expect(html`<td title="${same("ptp")}">${same("ptp")}</td>`.text).toBe(`<td title="ptp">ptp</td>`);
});

it("writes attributes in the language of the page and stores the others", () => {
  const cell = html`<tr id="${"r-1"}">
    <td aria-label="${undecided}" class="${"x"}" title="${{ en: "no", zh: "否" }}">${1}</td>
  </tr>`;
  const stored = 'data-en-aria-label="&#60;undecided&#62;" data-zh-aria-label="未定"';
  expect(cell.in("en")).toContain(`<td aria-label="&#60;undecided&#62;" ${stored} class="x" title="no" data-en-title=`);
  expect(cell.in("zh")).toContain(`<td aria-label="未定" ${stored} class="x" title="否" data-en-title="no"`);
});

it("rejects texts in several languages in a part of an attribute", () => {
  expect(() => html`<td title="Verdict: ${undecided}"></td>`.text).toThrow("entire attribute");
  expect(() => html`<td title="${undecided}."></td>`.text).toThrow("entire attribute");
  expect(() => html`<td title="${{ en: html`<b></b>`, zh: "" }}"></td>`.text).toThrow("entire attribute");
});
