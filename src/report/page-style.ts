import { classColours, otherColour } from './palette.js'
import { className } from './scatter.js'
import { darkSeriesColours, seriesClass } from './svg.js'

const darkSeries = darkSeriesColours
  .map(
    (colour, index) =>
      `.chart .${seriesClass(index)}{stroke:${colour}} .chart .${seriesClass(index)}.filled{fill:${colour};stroke:none}`,
  )
  .join('\n  ')

const classes = (shade: 0 | 1) =>
  [...classColours.map((pair, i) => [className(i), pair] as const), [className(-1), otherColour] as const]
    .map(([name, pair]) => `.chart .${name}{stroke:${pair[shade]}}`)
    .join(' ')

/** The style sheet of the report page: one column, quiet rules, numbers that line up; dark, narrow and on paper too. */
export const pageStyle = `
:root{color-scheme:light dark;--ground:#fff;--panel:#f6f6f8;--strong:#1b1b1f;--text:#36363d;--muted:#6b6b75;--rule:#e3e3e8;--accent:#2f62b5;--alarm:#b3261e;--alarm-ground:#fdeeec;--good:#2e9b5b;--good-ground:#eef6f1;--remark:#9a6a00;--remark-ground:#fdf6e3}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--text);font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'DejaVu Sans',sans-serif}
main{max-width:54rem;margin:0 auto;padding:3.5rem 1.5rem 4rem}
h1,h2,h3{color:var(--strong);line-height:1.2;text-wrap:balance}
h1{font-size:2.125rem;font-weight:650;letter-spacing:-.018em;margin:0;overflow-wrap:anywhere}
h2{font-size:1.1875rem;font-weight:650;letter-spacing:-.005em;margin:0 0 1rem}
h3{font-size:1rem;font-weight:600;margin:0 0 .25rem}
h3.over{margin:1.5rem 0 .25rem}
h3.apart{margin:2rem 0 .75rem}
p{margin:0}
.subtitle{font-size:1.125rem;color:var(--muted);margin-top:.5rem;text-wrap:pretty}
.box{margin-top:1.25rem;padding:.875rem 1.125rem;border-left:4px solid var(--good);border-radius:4px;background:var(--good-ground);overflow-wrap:anywhere}
.box .said{font-size:1.0625rem;color:var(--strong);text-wrap:pretty}
.box .advice{margin-top:.375rem;text-wrap:pretty}
.box .mark{display:block;margin-bottom:.25rem;font-size:.8125rem;letter-spacing:.06em;text-transform:uppercase;color:var(--good)}
code{font:.9em ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace}
.flag{white-space:nowrap}
.box ul{margin:0;padding-left:1.125rem}
.box.alarm{border-color:var(--alarm);background:var(--alarm-ground)}
.box.alarm .mark{color:var(--alarm)}
.box.alarm li{color:var(--strong);font-weight:550}
.box.remark{border-color:var(--remark);background:var(--remark-ground)}
.box.remark .mark{color:var(--remark)}
section{margin-top:2.75rem;padding-top:1.75rem;border-top:1px solid var(--rule)}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:1.125rem 1.5rem;margin:2rem 0 0}
dt{font-size:.8125rem;color:var(--muted)}
dd{margin:.0625rem 0 0;color:var(--strong);overflow-wrap:anywhere}
.facts dd{font-size:1.0625rem;font-weight:550;font-variant-numeric:tabular-nums}
.task{display:grid;grid-template-columns:1fr 1fr;gap:1.25rem 2rem;margin:0}
.task div{border-left:3px solid var(--rule);padding-left:.875rem}
.task div.hidden{border-color:var(--accent)}
.note,figcaption,.paper{font-size:.875rem;line-height:1.5;color:var(--muted);text-wrap:pretty}
.note,.paper{margin-top:1rem}
.scroll{overflow-x:auto;background:linear-gradient(90deg,var(--ground) 30%,transparent),linear-gradient(270deg,var(--ground) 30%,transparent) 100% 0,linear-gradient(90deg,var(--muted),transparent),linear-gradient(270deg,var(--muted),transparent) 100% 0;background-repeat:no-repeat;background-size:2.5rem 100%,2.5rem 100%,.5rem 100%,.5rem 100%;background-attachment:local,local,scroll,scroll}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.5rem 0 .5rem 1.5rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--rule)}
th:first-child{padding-left:0;text-align:left;font-weight:400;color:var(--text)}
thead th,thead th:first-child{font-size:.8125rem;font-weight:400;color:var(--muted);border-bottom-color:var(--muted);vertical-align:bottom;white-space:normal}
tbody tr:last-child>*{border-bottom:0}
td b{color:var(--strong);font-weight:700}
tbody .worse{color:var(--alarm)}
details summary{cursor:pointer;color:var(--accent);margin-bottom:.75rem}
.sd{display:inline-block;min-width:2.75rem;text-align:left;font-size:.8125rem;color:var(--muted)}
figure{margin:0}
figure+figure,p+figure,table+figure,.scroll+figure{margin-top:2.25rem}
figcaption{margin-bottom:.875rem}
.gallery{display:grid;grid-template-columns:repeat(var(--columns),minmax(0,7.5rem));gap:.75rem .625rem;align-items:start}
.gallery .heading{align-self:end;font-size:.8125rem;line-height:1.3;color:var(--muted)}
.gallery .exhibit{margin:0;min-width:0}
.exhibit audio{display:block;width:100%;min-width:0;height:1.9rem;margin-top:.1875rem}
.exhibit audio::-webkit-media-controls-timeline,.exhibit audio::-webkit-media-controls-mute-button,.exhibit audio::-webkit-media-controls-volume-control-container{display:none}
.gallery img{display:block;width:100%;aspect-ratio:1;object-fit:contain;border-radius:4px;outline:1px solid var(--rule);image-rendering:pixelated}
.gallery figcaption{margin:.3125rem 0 0;font-size:.75rem;line-height:1.3}
.gallery .name,.gallery .label{display:block;overflow-wrap:anywhere}
.gallery .label{color:var(--text)}
.gallery .same .label{color:var(--good)}
.gallery.wide .first img{outline:2px solid var(--accent)}
.gallery .same img{outline:2px solid var(--good)}
.chart{display:block;width:100%;height:auto}
.narrow{display:none}
.map svg{background:var(--panel);border-radius:6px}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.125rem;margin:0 0 .75rem;padding:0;list-style:none;font-size:.875rem}
.legend span{color:var(--muted);font-variant-numeric:tabular-nums}
.chart.dot{display:inline-block;width:.625rem;height:.625rem;min-width:0;margin-right:.4375rem}
${classes(0)}
pre code{font:inherit}
pre{margin:0;padding:.875rem 1rem;background:var(--panel);border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere;color:var(--strong);font:.875rem/1.6 ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace}
@media (max-width:40rem){
  main{padding:2rem 1rem 3rem}
  h1{font-size:1.75rem}
  .facts{grid-template-columns:1fr 1fr}
  .task{grid-template-columns:1fr}
  th,td{padding-left:1rem}
  th:first-child{white-space:normal;min-width:7.5rem}
  .gallery{gap:.625rem .375rem}
  .gallery.wide{grid-template-columns:repeat(4,minmax(0,1fr))}
  .gallery.wide .heading{display:none}
  .gallery.wide .first{grid-column-start:1}
  .wide{display:none}
  .narrow{display:block}
  .map>.chart{min-width:34rem}
}
@media screen and (prefers-color-scheme:dark){
  :root{--ground:#17171a;--panel:#222226;--strong:#f3f3f5;--text:#d2d2d8;--muted:#9a9aa5;--rule:#34343a;--accent:#82abf0;--alarm:#ff8a80;--alarm-ground:#3a1d1b;--good:#6fcaa6;--good-ground:#1b2a23;--remark:#e2c45c;--remark-ground:#2c2716}
  .chart .strong{fill:var(--strong)}
  .chart .muted{fill:var(--muted)}
  .chart .halo{stroke:var(--ground)}
  .chart .grid{stroke:#2c2c32}
  .chart .axis{stroke:#55555e}
  .chart .reference{stroke:var(--muted)}
  .chart .quiet{fill:#4a4c55}
  .chart .whisker{stroke:var(--strong)}
  ${darkSeries}
  ${classes(1)}
}
@media print{
  main{max-width:none;padding:0}
  section{margin-top:1.5rem;padding-top:1rem}
  figure,table,.task,.box,pre{break-inside:avoid}
  h2,h3,figcaption{break-after:avoid}
  .scroll{overflow:visible}
}
`
