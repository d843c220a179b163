/** Colours and sizes, each once for light and dark; a theme that was chosen wins over the system's. */
export const tokens = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f6f4, #0e1012);
  --paper: light-dark(#ffffff, #15181b);
  --sunken: light-dark(#f1f1ee, #1c2024);
  --ink: light-dark(#191b1e, #e6e8ea);
  --muted: light-dark(#5a616a, #9ba4ad);
  --line: light-dark(#e2e2de, #2a2f35);
  --rule: light-dark(#bfc1bd, #464d55);
  --accent: light-dark(#1d5bc7, #7fb0ff);
  --good: light-dark(#17734a, #4fc78d);
  --good-tint: light-dark(#e6f3ec, #12291f);
  --bad: light-dark(#b42a24, #ff8279);
  --bad-tint: light-dark(#fbe9e7, #2b1718);
  --unsure: light-dark(#8a5a00, #e5b54a);
  --unsure-tint: light-dark(#fbf1dc, #292213);
  --ours: light-dark(#1d5bc7, #7fb0ff);
  --raw: light-dark(#59636e, #a9b4bf);
  --mongoose: light-dark(#7a44b8, #c9a2f7);
  --naive: light-dark(#b05a10, #f2a763);
  --bar: light-dark(#a9bede, #43597c);
  --bar-edge: light-dark(#7d98c4, #5f7ba6);
  --bar-other: light-dark(#e5bd93, #7c5733);
  --bar-other-edge: light-dark(#c68f55, #b07a45);
  --bar-third: light-dark(#cbb3e6, #5b4479);
  --bar-third-edge: light-dark(#a07cd0, #9673c4);
  --window: light-dark(rgb(23 115 74 / 0.13), rgb(79 199 141 / 0.17));
  --fault: light-dark(rgb(180 42 36 / 0.09), rgb(255 130 121 / 0.13));
  --sans: "Inter", system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "Noto Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, monospace;
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
`;
