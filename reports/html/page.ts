/** The HTML document around the content: one file that loads and sends nothing. */
import { type Language, LANGUAGES, type Text } from "../language/text.ts";
import { escapeHtml, type Html } from "./markup.ts";
import { SCRIPT, SCRIPT_HASH } from "./script.ts";
import { STYLE } from "./style.ts";

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  `script-src '${SCRIPT_HASH}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** The `<html>` tag is in this part of a page. */
const MAX_HEAD_CHARS = 200;

/**
 * @param title plain text; escaped here. A script that switches the language replaces it by `data-en-text` or
 * `data-zh-text`.
 * @param language the language in which the page opens
 */
export function page(title: Text, body: Html, language: Language = "en"): string {
  const titles = LANGUAGES.map((each) => ` data-${each}-text="${escapeHtml(title[each])}"`).join("");
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="cnibench">
<title${titles}>${escapeHtml(title[language])}</title>
<style>${STYLE}</style>
</head>
<body>
${body.in(language)}
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** Returns the language in which a page opens. */
export function pageLanguage(text: string): Language {
  const [, language] = /<html lang="([a-z]+)">/.exec(text.slice(0, MAX_HEAD_CHARS)) ?? [];
  return LANGUAGES.find((each) => each === language) ?? "en";
}
