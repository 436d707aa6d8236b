const LIGHT =
  '--back:#fff;--soft:#f3f5f7;--text:#1b1f24;--muted:#535b63;--line:#cfd6dd;--accent:#0b57d0;--good:#13702f;--bad:#b3261e;--warn:#7a4f00';
const DARK =
  '--back:#15181c;--soft:#1f242a;--text:#e6e9ec;--muted:#a9b1b9;--line:#3b434c;--accent:#8ab4f8;--good:#7bcf8d;--bad:#f4a19b;--warn:#e6bd5a';

/** The style of a page: light, dark as the reader's system is, and light on paper. */
export const STYLE = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:70rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}
p{margin:.5rem 0}
a{color:var(--accent)}
a:focus-visible,canvas:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}
dl{margin:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,18rem),1fr));gap:.25rem 1.5rem}
dl div{display:flex;gap:.75rem}
dt{color:var(--muted);flex:0 0 6.5rem}
dd{margin:0;min-width:0;overflow-wrap:anywhere}
.badge{border:1px solid currentColor;border-radius:.5rem;padding:0 .5rem;font-weight:600}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.muted{color:var(--muted)}
.why{white-space:pre-wrap;background:var(--soft);border-left:4px solid var(--bad);padding:.5rem .75rem;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;min-width:100%;font-size:.9rem}
caption{text-align:left;color:var(--muted);padding:.25rem 0}
th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
tbody th{font-weight:400}
table code{overflow-wrap:normal;white-space:pre}
.number,thead .number{text-align:right;font-variant-numeric:tabular-nums}
figure{margin:1rem 0}
figcaption{font-weight:600}
.chart{position:relative;height:16rem}
.told{min-height:1.5em;color:var(--muted);font-size:.9rem}
summary{cursor:pointer;color:var(--accent)}
footer{margin:2rem 0;color:var(--muted);font-size:.9rem}
@media print{:root{color-scheme:light;${LIGHT}}body{font-size:11pt}main{max-width:none;padding:0}section,figure{break-inside:avoid}.told,summary{display:none}.scroll{overflow:visible}table code{white-space:pre-wrap;overflow-wrap:anywhere}}
`;
