/** Hostile strings that a plugin, a tool or a file might contain. If executed as a script, they set `window.hacked`. */
export const HOSTILE_STRINGS = [
  `<script>window.hacked=1</script>`,
  `"><img src=x onerror="window.hacked=2">`,
  `' onmouseover='window.hacked=3`,
  `]]></style></svg><svg onload=window.hacked=4>`,
  `\u202Egpj.exe\u0000\u001b[31mred\u0007`,
  `$& $' $1 {{7*7}} \${7*7}`,
] as const;
