/** The look of a report: the site's paper and ink, by day and by night, on a telephone, a desk and a printer. */

const DARK = `--paper: #141310; --sheet: #1d1b17; --ink: #ece6da; --soft: #b5ac9c; --line: #38342c; --accent: #f08a6c;`;
const LIGHT = `--paper: #f5f1e8; --sheet: #fcfaf5; --ink: #1d1b18; --soft: #5f584c; --line: #d9d1c0; --accent: #a3301c;`;

/** The style sheet `report.css`. */
export const REPORT_STYLE = `:root {
  color-scheme: light dark;
  ${LIGHT}
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, P052, "URW Palladio L", "Book Antiqua", Georgia, serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
}
@media screen and (prefers-color-scheme: dark) {
  :root { ${DARK} }
}
*, *::before, *::after { box-sizing: border-box; }
html {
  background: var(--paper);
  color: var(--ink);
  font: 100% / 1.55 var(--sans);
  -webkit-text-size-adjust: 100%;
  text-size-adjust: 100%;
}
body { max-width: 72rem; margin: 0 auto; padding: 0 clamp(1.1rem, 4vw, 3rem) 4rem; }
h1, h2, h3 {
  margin: 0;
  font-family: var(--serif);
  font-weight: 400;
  line-height: 1.12;
  overflow-wrap: anywhere;
  text-wrap: balance;
}
h1 { font-size: clamp(2.1rem, 1.3rem + 3.4vw, 3.6rem); letter-spacing: -0.012em; }
h2 { margin-top: 4rem; padding-bottom: 0.4rem; border-bottom: 1px solid var(--line); font-size: 1.9rem; }
h3 { font-size: 1.4rem; }
p { max-width: 42rem; margin: 0.6rem 0; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: 0.18em; text-decoration-thickness: 1px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
header { padding-top: clamp(2rem, 6vw, 4.5rem); }
.lede { color: var(--soft); font-size: 1.1rem; }
.note { color: var(--soft); font-size: 0.92rem; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: 0.6rem 1rem; background: var(--sheet); }
.skip:focus { top: 1rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.counters { display: flex; flex-wrap: wrap; gap: 1.5rem 3rem; margin: 2rem 0; }
.counters div { display: flex; flex-direction: column-reverse; }
.counters dt { color: var(--soft); }
.counters dd { margin: 0; font: 400 clamp(1.7rem, 1.2rem + 2vw, 2.6rem) / 1.1 var(--serif); }
.contents { margin: 2rem 0; padding: 1.2rem 1.4rem; background: var(--sheet); border: 1px solid var(--line); }
.contents > ol { margin: 0; padding: 0; list-style: none; columns: 17rem; column-gap: 2.5rem; }
.contents > ol > li { break-inside: avoid; margin-bottom: 1rem; }
.contents ol ol { margin: 0.2rem 0 0; padding: 0; list-style: none; font-size: 0.92rem; }
.contents ol ol a { display: inline-block; padding: 0.15rem 0; }
article { margin-top: 2.6rem; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.2rem; margin: 1rem 0; }
figure { max-width: 36rem; margin: 0; padding: 0.4rem; background: var(--sheet); border: 1px solid var(--line); }
figure img { display: block; width: 100%; height: auto; }
.wide { overflow-x: auto; }
figure:has(> .wide) { max-width: 44rem; }
.wide img { min-width: 34rem; }
figcaption { padding: 0.4rem 0.6rem 0.5rem; color: var(--soft); font-size: 0.92rem; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: minmax(6rem, 9rem) minmax(0, 1fr); max-width: 52rem; margin: 0.8rem 0; border-top: 1px solid var(--line); font-size: 0.92rem; }
.facts dt, .facts dd { margin: 0; padding: 0.4rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.facts dt { padding-right: 1rem; color: var(--soft); }
.files a { display: inline-block; margin-right: 0.7rem; padding: 0.1rem 0; }
summary { display: inline-block; padding: 0.3rem 0; color: var(--accent); cursor: pointer; }
summary::before { content: "+ "; }
details[open] > summary::before { content: "\\2212  "; }
.scroll { max-width: max-content; margin: 0.6rem 0; overflow: auto; background: var(--sheet); border: 1px solid var(--line); }
table { border-collapse: collapse; font-size: 0.88rem; font-variant-numeric: tabular-nums; }
caption { padding: 0.5rem 0.7rem; color: var(--soft); text-align: left; }
th, td { padding: 0.3rem 0.7rem; border-top: 1px solid var(--line); font-weight: 400; text-align: left; vertical-align: top; }
td, th { max-width: 26rem; overflow-wrap: anywhere; min-width: 4.5rem; }
thead th { color: var(--soft); vertical-align: bottom; overflow-wrap: break-word; }
.number { text-align: right; white-space: nowrap; }
thead .number { white-space: normal; }
.pages { display: flex; flex-wrap: wrap; gap: 0.4rem 0.9rem; margin: 1rem 0; }
.pages a { min-width: 1.6rem; padding: 0.15rem 0; }
.pages [aria-current] { color: var(--ink); font-weight: 700; text-decoration: none; }
details .scroll { max-height: 32rem; }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.92rem; }
@media (max-width: 34rem) {
  .facts { grid-template-columns: 1fr; }
  .facts dt { padding-bottom: 0; border-bottom: 0; }
  .facts dd { padding-top: 0.1rem; }
  .contents { padding: 1rem; }
}
@media print {
  :root { --paper: #ffffff; --sheet: #ffffff; }
  @page { margin: 16mm; }
  html { font-size: 10pt; }
  body { max-width: none; padding: 0; }
  a { color: inherit; text-decoration: none; }
  .skip, .pages, .files, .contents, dt:has(+ .files), details:not([open]) { display: none; }
  .pictures { grid-template-columns: 1fr 1fr; }
  figure img { width: auto; max-width: 100%; max-height: 185mm; }
  .pictures:has(> :nth-child(3)) img { max-height: 68mm; }
  .wide img { min-width: 0; }
  .pictures:has(> :only-child) { grid-template-columns: minmax(0, 23rem); }
  .scroll, details .scroll { max-width: none; max-height: none; overflow: visible; }
  h2, h3, caption { break-after: avoid; }
  article, figure, tr, .facts > * { break-inside: avoid; }
  p { orphans: 3; widows: 3; }
}
`;
