/// How the report looks, on a screen and on A4 paper.
///
/// Areas are coloured by ColorBrewer's YlOrBr, water by its Blues, both safe for colour-blind readers and in grey;
/// slopes are hatched, so that nothing is told by hue alone. What has no data has a grey hatch.
enum ReportStyle {
  static let sheet = """
    :root { color-scheme: light; --ink: #1b1f24; --soft: #5a6570; --rule: #d5dbe1; --paper: #ffffff;
      --accent: #0b4f7d; --wash: #f3f6f9; }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body { margin: 0 auto; max-width: 78rem; padding: 1.5rem 1.5rem 4rem; color: var(--ink); background: var(--paper);
      font: 16px/1.5 "Segoe UI", system-ui, -apple-system, "Noto Sans", "DejaVu Sans", Arial, sans-serif; }
    :root[lang=en] .nb, :root[lang=nb] .en { display: none; }
    h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .75rem; }
    h2 { font-size: 1.35rem; margin: 2.75rem 0 .75rem; padding-bottom: .3rem; border-bottom: 2px solid var(--accent); }
    h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
    p { max-width: 48rem; margin: .4rem 0 .9rem; }
    a { color: var(--accent); }
    code { font: .88em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
    small { color: var(--soft); font-size: .8em; font-weight: 400; }
    header { position: relative; }
    .kind { color: var(--accent); font-weight: 600; margin: 0; }
    .lead { font-size: 1.06rem; }
    .language { float: right; display: flex; }
    button { font: inherit; color: var(--ink); background: #fff; border: 1px solid #9aa6b2; border-radius: 4px;
      padding: .2rem .6rem; cursor: pointer; }
    .language button { border-radius: 0; margin-left: -1px; }
    button[aria-pressed=true] { background: var(--accent); color: #fff; border-color: var(--accent); }
    :focus-visible { outline: 3px solid #e08214; outline-offset: 1px; }
    .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 0 2rem; margin: 1rem 0; }
    @media (min-width: 50rem) { .facts { grid-template-columns: 1.1fr 2.2fr 2.4fr 2fr; } }
    .facts > div { border-top: 1px solid var(--rule); padding: .5rem 0; }
    dt { font-weight: 600; font-size: .85rem; color: var(--soft); }
    dd { margin: 0; }
    .facts ul { list-style: none; margin: 0; padding: 0; }
    .warning { background: #fff4e0; border-left: 5px solid #b35806; padding: .5rem .8rem; }
    .note, .hint, figcaption { color: var(--soft); font-size: .88rem; }
    .years { white-space: nowrap; }
    .missing { color: var(--soft); }
    .doubt { background: #fff1d6; padding: 0 .25em; }

    .controls { display: flex; flex-wrap: wrap; gap: .6rem 1.4rem; align-items: end; margin-bottom: .8rem;
      font-size: .92rem; }
    fieldset { border: 0; padding: 0; margin: 0; min-width: 0; }
    legend, .field > span { font-size: .8rem; font-weight: 600; color: var(--soft); padding: 0; display: block; }
    .segments label { display: inline-block; position: relative; }
    .segments input { position: absolute; opacity: 0; inset: 0; }
    .segments span { display: inline; }
    .segments label > span { display: inline-block; border: 1px solid #9aa6b2; padding: .2rem .7rem;
      margin-left: -1px; cursor: pointer; }
    .segments input:checked + span { background: var(--accent); color: #fff; border-color: var(--accent); }
    .segments input:focus-visible + span { outline: 3px solid #e08214; outline-offset: 1px; }
    .boxes label { margin-right: .9rem; white-space: nowrap; }
    .boxes input { margin: 0 .3rem 0 0; }
    select { font: inherit; padding: .22rem .4rem; max-width: 100%; }
    .zoom { display: flex; gap: .3rem; }

    .map-layout { display: grid; grid-template-columns: minmax(0, 1fr) 17.5rem; gap: 1.25rem; }
    @media (max-width: 56rem) { .map-layout { grid-template-columns: 1fr; } }
    figure { margin: 0; }
    .map { width: 100%; max-height: 46rem; display: block; background: #fbfbf8; border: 1px solid #9aa6b2;
      touch-action: pan-y; }
    .map path { vector-effect: non-scaling-stroke; }
    .area { stroke: none; fill-opacity: .78; cursor: pointer; }
    .c0 { fill: #fffbe6; } .c1 { fill: #fed98e; } .c2 { fill: #fe9929; } .c3 { fill: #cc5a0c; } .c4 { fill: #8c2d04; }
    .cx { fill: url(#no-data); fill-opacity: 1; }
    .outline { fill: none; stroke: #3b3b3b; stroke-width: .9px; pointer-events: none; }
    .chosen { fill: none; stroke: #000; stroke-width: 3.5px; stroke-linejoin: round; pointer-events: none; }
    .overlay { pointer-events: none; fill-rule: evenodd; }
    .water-1 { fill: #9ecae1; } .water-2 { fill: #6baed6; } .water-3 { fill: #2171b5; } .water-4 { fill: #08306b; }
    .overlay [class^=water] { stroke: #08306b; stroke-width: .35px; }
    .path-1, .path-2, .path-3 { fill: none; stroke: #2171b5; }
    .path-1 { stroke-width: .6px; } .path-2 { stroke-width: 1.2px; } .path-3 { stroke-width: 2.2px; }
    .slide-1 { fill: url(#slide-dense); } .slide-2 { fill: url(#slide-light); }
    .runout { fill: #7b3294; fill-opacity: .35; stroke: #40004b; stroke-width: .6px; }
    .clay-1 { fill: #80cdc1; fill-opacity: .6; stroke: #01665e; stroke-width: .8px; }
    .clay-4 { fill: none; stroke: #01665e; stroke-width: 1.2px; stroke-dasharray: 4 3; }
    .road { fill: none; stroke: #000; stroke-width: 2.6px; }
    .building { fill: #e7298a; stroke: #1a1a1a; stroke-width: 1px; }
    .scale { display: flex; align-items: end; gap: .6rem; font-size: .82rem; color: var(--soft); margin: .3rem 0; }
    .scale .bar { border: 1.5px solid var(--ink); border-top: 0; height: .4rem; display: inline-block; }
    .scale .north { margin-left: auto; }
    .scale .north::before { content: "▲ "; }
    .legend h3 { margin: 0 0 .3rem; }
    .legend ul, .keys { list-style: none; padding: 0; margin: 0 0 .8rem; font-size: .88rem; }
    .keys { display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; }
    .swatch { display: inline-block; width: 1.5rem; height: .85rem; margin-right: .45rem; vertical-align: -.1rem;
      border: 1px solid #8c8c8c; }
    i.c0 { background: #fffbe6; } i.c1 { background: #fed98e; } i.c2 { background: #fe9929; }
    i.c3 { background: #cc5a0c; } i.c4 { background: #8c2d04; }
    i.cx { background: repeating-linear-gradient(45deg, #f4f4f4 0 3px, #8c8c8c 3px 5px); }
    i.water-1 { background: #9ecae1; } i.water-2 { background: #6baed6; } i.water-3 { background: #2171b5; }
    i.water-4 { background: #08306b; }
    i.slide-1 { background: repeating-linear-gradient(-45deg, #d4c9e1 0 2px, #2d004b 2px 4px); }
    i.slide-2 { background: repeating-linear-gradient(-45deg, #fff 0 4px, #542788 4px 5.5px); }
    i.path-2 { height: 0; border: 0; border-top: 2px solid #2171b5; vertical-align: .25rem; }
    i.road { height: 0; border: 0; border-top: 3px solid #000; vertical-align: .25rem; }
    i.building { background: #e7298a; border-color: #1a1a1a; }
    i.runout { background: #c9a9d4; } i.clay-1 { background: #b3e1da; }
    i.clay-4 { border: 1.5px dashed #01665e; }
    .detail { border-top: 1px solid var(--rule); padding-top: .5rem; font-size: .86rem; min-height: 9rem; }
    .detail h3 { margin: 0 0 .3rem; }
    .detail table { font-size: .82rem; }
    .detail td, .detail th { padding: .1rem .3rem; }

    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; font-size: .88rem; margin: .5rem 0 1rem; }
    caption { text-align: left; font-weight: 600; padding: .2rem 0; }
    th, td { padding: .28rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
    thead th { border-bottom: 2px solid #9aa6b2; vertical-align: bottom; }
    tbody tr:hover { background: var(--wash); }
    .num { text-align: right; font-variant-numeric: tabular-nums; }
    td.num { white-space: nowrap; }
    .ranking thead button, .area-button { border: 0; background: none; padding: 0; font-weight: 600; text-align: inherit; }
    .ranking th, .ranking td { padding-inline: .42rem; }
    .ranking tbody th { font-weight: 400; }
    .area-button { color: var(--accent); font-weight: 600; text-decoration: underline; text-underline-offset: 2px; }
    th[aria-sort=ascending] button::after { content: " ▲"; font-size: .7em; }
    th[aria-sort=descending] button::after { content: " ▼"; font-size: .7em; }
    tr.current { background: #e4eef6; }

    .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1rem 1.5rem; }
    .charts svg { width: 100%; display: block; }
    .charts text { font-size: 10.5px; fill: var(--ink); }
    .charts .chart-title { font-size: 12px; font-weight: 600; }
    .charts .unit, .charts .tick { fill: var(--soft); font-weight: 400; }
    .charts .grid { stroke: #e0e4e8; }
    .charts .line { fill: none; stroke: var(--accent); stroke-width: 2; }
    .charts .dot { fill: var(--accent); }
    .balance { display: grid; grid-template-columns: 7rem 1fr; gap: .6rem; align-items: center; margin: .3rem 0; }
    .balance svg { width: 100%; height: 1.5rem; display: block; }
    .balance rect { stroke: #fff; stroke-width: 1; }
    .w1 { fill: #8c510a; background: #8c510a; } .w2 { fill: #dfc27d; background: #dfc27d; }
    .w3 { fill: #bf812d; background: #bf812d; } .w4 { fill: #f6e8c3; background: #f6e8c3; }
    .w5 { fill: #08306b; background: #08306b; } .w6 { fill: #4292c6; background: #4292c6; }
    .w7 { fill: #c6dbef; background: #c6dbef; }

    @page { size: A4; margin: 14mm 13mm; }
    @media print {
      html { font-size: 10px; }
      body { max-width: none; padding: 0; font-size: 10px;
        -webkit-print-color-adjust: exact; print-color-adjust: exact; }
      .language, .controls, .hint, .zoom { display: none; }
      .detail:has(.hint) { display: none; }
      h1 { font-size: 20px; } h2 { font-size: 14px; margin-top: 1.6rem; break-after: avoid; }
      h3, h2 + p { break-after: avoid; }
      p { break-inside: avoid; }
      table { font-size: 8.5px; } th, td { padding: .15rem .35rem; }
      thead { display: table-header-group; } tr, figure, .balance { break-inside: avoid; }
      .scroll { overflow: visible; }
      /* Heads with buttons are not repeated on the next page. */
      .ranking thead button { display: contents; }
      .facts { grid-template-columns: 2.2fr 5fr 5fr 4fr; gap: 0 1.2rem; }
      .map { max-height: 150mm; }
      .outline { stroke-width: .5px; } .road { stroke-width: 1.4px; } .building { stroke-width: .4px; }
      .overlay [class^=water] { stroke: none; }
      .map-layout { grid-template-columns: minmax(0, 1fr) 44mm; }
      .charts { grid-template-columns: repeat(3, 1fr); }
      a { color: inherit; }
    }
    """
}
