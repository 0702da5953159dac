/** The help of the page: the filter language and the keyboard shortcuts, which can be turned off (WCAG 2.1.4). */
import { bilingual, create } from "./dom.js";

const FILTERS = /** @type {const} */ ([
  ["plugin:calico", "plugins with this name", "名称包含 calico 的插件"],
  ["plugin=calico", "exactly this name", "名称完全相同"],
  ["verdict:worse,undecided", "one of several values", "多个值之一"],
  ["!path:host", "without this value", "排除该值"],
  ['latency "too few"', "text in the row", "行中的文本"],
]);

const KEYS = /** @type {const} */ ([
  ["/", "go to the filter", "转到筛选框", true],
  ["Esc", "clear the filter", "清除筛选", true],
  ["j, k", "next and previous view", "下一个和上一个视图", true],
  ["?", "this help", "显示本帮助", false],
]);

/**
 * Returns a dialog with the help.
 * @param {readonly string[]} keys keys of the filter language; empty: the page has no rows to filter
 * @param {(on: boolean) => void} onShortcuts called when a reader turns the shortcuts on or off
 */
export function createHelp(keys, onShortcuts) {
  const switcher = create("input", { type: "checkbox", name: "keys", checked: true });
  switcher.addEventListener("change", () => onShortcuts(switcher.checked));
  const dialog = create(
    "dialog",
    { className: "help" },
    ...(keys.length === 0 ? [] : filterHelp(keys)),
    create("h2", {}, bilingual("Keyboard", "键盘")),
    definitions(KEYS.filter(({ 3: needsRows }) => !needsRows || keys.length > 0)),
    create("p", {}, create("label", {}, switcher, " ", bilingual("Keyboard shortcuts", "启用键盘快捷键"))),
    create("form", { method: "dialog" }, create("button", {}, bilingual("Close", "关闭"))),
  );
  dialog.setAttribute("aria-labelledby", "help-title");
  dialog.querySelector("h2")?.setAttribute("id", "help-title");
  document.body.append(dialog);
  return { dialog, switcher };
}

/** @param {readonly string[]} keys */
function filterHelp(keys) {
  return [
    create("h2", {}, bilingual("Filter", "筛选")),
    definitions(FILTERS),
    create("p", {}, bilingual("Keys: ", "可用的键："), create("code", {}, keys.join(" "))),
    create("p", {}, bilingual("The address of the page contains the filter.", "页面地址包含筛选条件。")),
  ];
}

/** @param {readonly (readonly [term: string, en: string, zh: string, needsRows?: boolean])[]} entries */
function definitions(entries) {
  const items = entries.flatMap(([term, en, zh]) => [
    create("dt", {}, create("code", {}, term)),
    create("dd", {}, bilingual(en, zh)),
  ]);
  return create("dl", {}, ...items);
}
