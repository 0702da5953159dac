/** The optional script of a page: sorts and filters tables and copies commands. The page is complete without it. */
import { createHash } from "node:crypto";

export const SCRIPT = `
"use strict";
const value = (row, column) => {
  const cell = row.children[column];
  const text = cell === undefined ? "" : (cell.dataset.value ?? cell.textContent);
  return text === "" || Number.isNaN(Number(text)) ? text : Number(text);
};
const compare = (a, b) => {
  if (a === "" || b === "") return (a === "") - (b === "");
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
};
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      for (const body of table.tBodies) {
        const rows = [...body.rows].filter((row) => !row.classList.contains("group"));
        rows.sort((a, b) => compare(value(a, column), value(b, column)) * (up ? 1 : -1));
        body.append(...rows);
      }
    });
  });
}
for (const table of document.querySelectorAll("table.filterable")) {
  const rows = [...table.tBodies[0].rows];
  const form = document.createElement("form");
  form.className = "filters";
  const control = (name, label, element) => {
    const field = document.createElement("label");
    element.name = name;
    field.append(label, " ", element);
    form.append(field);
    return element;
  };
  const choice = (name, label) => {
    const select = control(name, label, document.createElement("select"));
    const found = new Set(rows.flatMap((row) => row.dataset[name].split(" ")));
    for (const value of ["", ...found]) select.add(new Option(value === "" ? "all" : value, value));
    return select;
  };
  const level = choice("level", "Level");
  const status = choice("status", "Status");
  const text = control("text", "Text", Object.assign(document.createElement("input"), { type: "search" }));
  const count = form.appendChild(document.createElement("output"));
  const filter = () => {
    const wanted = text.value.trim().toLowerCase();
    const has = (row, select) => select.value === "" || row.dataset[select.name].split(" ").includes(select.value);
    const matches = (row) =>
      has(row, level) && has(row, status) && row.textContent.toLowerCase().includes(wanted);
    for (const row of rows) row.hidden = !matches(row);
    count.value = rows.filter((row) => !row.hidden).length + " of " + rows.length;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  table.parentElement.before(form);
  filter();
}
for (const link of document.querySelectorAll('a[href^="#why-"]')) {
  link.addEventListener("click", () => {
    for (const part of document.getElementById(link.hash.slice(1))?.querySelectorAll("details") ?? []) part.open = true;
  });
}
for (const pre of document.querySelectorAll("pre.copy")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copying";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(pre.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(pre);
      button.textContent = "Selected";
    }
  });
  pre.after(button);
}
`;

/** Hash for the content security policy of the page, which allows only this script. */
export const SCRIPT_HASH = `sha256-${createHash("sha256").update(SCRIPT).digest("base64")}`;
