/** Adds a button to each command that copies it. */
import { all, bilingual, create } from "./dom.js";

export function addCopyButtons() {
  for (const pre of all("pre.copy")) {
    const button = create("button", { type: "button", className: "copying" }, bilingual("Copy", "复制"));
    const confirm = () => button.replaceChildren(bilingual("Copied", "已复制"));
    const select = () => {
      getSelection()?.selectAllChildren(pre);
      button.replaceChildren(bilingual("Selected", "已选中"));
    };
    // Over plain HTTP, `navigator.clipboard` is undefined.
    const copy = () => Promise.resolve().then(() => navigator.clipboard.writeText(pre.textContent ?? ""));
    button.addEventListener("click", () => void copy().then(confirm, select));
    pre.after(button);
  }
}
