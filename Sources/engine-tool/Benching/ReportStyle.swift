/// How the page looks: in light and dark surroundings, on narrow screens, and on paper.
enum ReportStyle {
  private static let light =
    "--page: #fbfaf8; --card: #ffffff; --ink: #1c1f23; --soft: #5f656d; --line: #e3e1dc; --general: #8a8378; "
    + "--zstd: #2f6db5; --engine: #c8450d; --tint: #fdf1ea;"
  private static let dark =
    "--page: #15171a; --card: #1c1f23; --ink: #eceae6; --soft: #a3a8af; --line: #33373d; --general: #a39c90; "
    + "--zstd: #6fa8ec; --engine: #ff8a4c; --tint: #2b221d;"

  static let text = """
    :root { color-scheme: light dark; \(light) }
    @media (prefers-color-scheme: dark) { :root { \(dark) } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--ink);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", sans-serif; }
    main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
    h2 { font-size: 1.2rem; margin: 2.6rem 0 .3rem; }
    p { margin: .3rem 0 .9rem; max-width: 46rem; }
    .soft { color: var(--soft); }
    .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .9rem; margin: 1.6rem 0; }
    .card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1.1rem; }
    .card b { display: block; font-size: 1.75rem; line-height: 1.2; color: var(--engine);
      font-variant-numeric: tabular-nums; }
    .card span { color: var(--soft); font-size: .9rem; }
    .drawing, .wide { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
    .drawing { padding: 1rem; }
    svg { display: block; width: 100%; min-width: 40rem; height: auto; font: 13px system-ui, sans-serif; }
    svg text { fill: var(--ink); }
    svg .note, svg .tick { fill: var(--soft); }
    svg .tick { font-size: 12px; }
    svg .strong, svg .figure { font-weight: 600; }
    svg .halo { paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
    .fill-raw, .fill-general { fill: var(--general); }
    .fill-zstd { fill: var(--zstd); }
    .fill-engine { fill: var(--engine); }
    .mark { stroke: var(--card); stroke-width: 1.5; }
    .curve { fill: none; stroke: var(--zstd); stroke-width: 1.5; opacity: .55; }
    .grid { stroke: var(--line); stroke-width: 1; }
    .axis { stroke: var(--soft); stroke-width: 1; }
    .legend { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; margin: .2rem 0 .7rem; color: var(--soft);
      font-size: .9rem; }
    .legend svg { display: inline-block; width: 16px; min-width: 0; height: 16px; vertical-align: -3px;
      margin-right: .35rem; }
    table { border-collapse: collapse; width: 100%; font-size: .93rem; font-variant-numeric: tabular-nums; }
    th, td { padding: .5rem .8rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
    th { color: var(--soft); font-weight: 500; vertical-align: bottom; }
    th:first-child, td:first-child { text-align: left; }
    tbody th { color: inherit; }
    tbody tr:last-child > * { border-bottom: 0; }
    td small { display: block; color: var(--soft); font-weight: 400; }
    tr.engine { background: var(--tint); }
    tr.engine td { font-weight: 600; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; margin: .6rem 0; }
    dt { color: var(--soft); }
    dd { margin: 0; overflow-wrap: anywhere; }
    @media print {
      :root { color-scheme: light; \(light) --page: #ffffff; }
      body { font-size: 10.5pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
      main { max-width: none; padding: 0; }
      section, .card, tr { break-inside: avoid; }
      h2 { break-after: avoid; }
      svg { min-width: 0; }
      th, td { padding: .3rem .45rem; }
    }
    """
}
