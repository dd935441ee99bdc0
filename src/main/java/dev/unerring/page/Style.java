// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

/** The look of all pages: light and dark, wide and narrow, screen and paper. */
final class Style {
  static final String CSS =
      """
      :root { color-scheme: light dark; --back: #ffffff; --text: #1b1f24; --soft: #57606a;
        --line: #d0d7de; --panel: #f6f8fa; --good: #116329; --warn: #8a4600; --accent: #0550ae;
        --l1: #ddf4ff; --l2: #b6e3ff; --l3: #80ccff; --l4: #54aeff;
        --c0: #0550ae; --c1: #b35900; --c2: #1a7f37; --c3: #8250df; --c4: #bf3989; --c5: #57606a; }
      @media (prefers-color-scheme: dark) {
        :root { --back: #0d1117; --text: #e6edf3; --soft: #9da7b3; --line: #3d444d; --panel: #161b22;
          --good: #56d364; --warn: #f0a04b; --accent: #79c0ff;
          --l1: #0c2d4d; --l2: #0f3f6e; --l3: #13518f; --l4: #1a64ad;
          --c0: #79c0ff; --c1: #f0a04b; --c2: #56d364; --c3: #d2a8ff; --c4: #ff9bce; --c5: #9da7b3; } }
      * { box-sizing: border-box; }
      body { margin: 0; background: var(--back); color: var(--text);
        font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
      header, main, nav, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
      header { padding-top: 1.5rem; }
      h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
      h2 { font-size: 1.25rem; margin: 2.25rem 0 .5rem; padding-top: .75rem;
        border-top: 1px solid var(--line); }
      h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
      p, li { max-width: 46rem; overflow-wrap: anywhere; }
      a { color: var(--accent); }
      a:focus-visible, [tabindex]:focus-visible, summary:focus-visible { outline: 3px solid var(--accent);
        outline-offset: 2px; }
      .skip { position: absolute; left: -999rem; }
      .skip:focus { left: 1rem; top: 1rem; background: var(--back); padding: .5rem; }
      .verdict { border-left: .4rem solid var(--warn); background: var(--panel); padding: .75rem 1rem;
        margin: 1rem 0; font-size: 1.1rem; }
      .verdict.good { border-color: var(--good); }
      .verdict strong { display: block; color: var(--warn); }
      .verdict.good strong { color: var(--good); }
      .notice { font-weight: 600; }
      .soft, figcaption { color: var(--soft); font-size: .875rem; }
      nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; }
      .table { overflow-x: auto; margin: .25rem 0 1.25rem; } .caption { margin: .75rem 0 0; }
      table { border-collapse: collapse; font-size: .9rem; }
      th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: right;
        font-variant-numeric: tabular-nums; }
      th { font-weight: 600; }
      th:first-child, td:first-child, .words th, .words td { text-align: left; }
      .numbers td, thead th { white-space: nowrap; } .words td { overflow-wrap: anywhere; }
      .l1 { background: var(--l1); } .l2 { background: var(--l2); } .l3 { background: var(--l3); }
      .l4 { background: var(--l4); }
      .diagonal { font-weight: 700; }
      .samples { display: flex; flex-wrap: wrap; gap: 1rem; margin: .75rem 0 1.25rem; padding: 0;
        list-style: none; }
      .samples > li { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem;
        background: var(--panel); max-width: 100%; }
      .pair { display: flex; flex-wrap: wrap; gap: .5rem; }
      figure { margin: 0; }
      .samples figure { max-width: 11rem; }
      .samples figcaption { overflow-wrap: anywhere; }
      img { display: block; image-rendering: pixelated; background: #000; max-width: 100%;
        height: auto; }
      .charts { display: flex; flex-wrap: wrap; gap: 1rem; }
      .chart { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem; flex: 1 1 19rem; max-width: 31rem; }
      svg { width: 100%; height: auto; display: block; }
      svg text { font-size: 14px; fill: var(--soft); }
      .grid { stroke: var(--line); stroke-width: 1; }
      .line { fill: none; stroke-width: 2; }
      .line.c0 { stroke: var(--c0); } .line.c1 { stroke: var(--c1); stroke-dasharray: 7 3; }
      .line.c2 { stroke: var(--c2); stroke-dasharray: 2 3; }
      .line.c3 { stroke: var(--c3); stroke-dasharray: 10 3 2 3; }
      .line.c4 { stroke: var(--c4); stroke-dasharray: 4 2; } .line.c5 { stroke: var(--c5); }
      .dot.c0 { fill: var(--c0); } .dot.c1 { fill: var(--c1); } .dot.c2 { fill: var(--c2); }
      .dot.c3 { fill: var(--c3); } .dot.c4 { fill: var(--c4); } .dot.c5 { fill: var(--c5); }
      code, pre { font: .85rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
      code { overflow-wrap: anywhere; }
      pre { background: var(--panel); padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; }
      footer { padding-top: 1rem; padding-bottom: 2rem; }
      @media (max-width: 40rem) {
        body { font-size: 15px; }
        header, main, nav, footer { padding-left: .9rem; padding-right: .9rem; }
        th, td { padding: .3rem .45rem; }
        }
      @page { size: A4; margin: 16mm; }
      @media print {
        :root { color-scheme: light; --back: #ffffff; --text: #000000; --soft: #444444; --line: #999999;
          --panel: #ffffff; --good: #116329; --warn: #8a4600; --accent: #000000;
          --l1: #eeeeee; --l2: #dddddd; --l3: #cccccc; --l4: #bbbbbb; }
        body { font-size: 10pt; } nav, .skip { display: none; }
        header, main, footer { max-width: none; padding: 0; }
        h2, h3 { break-after: avoid; }
        .samples > li, .chart, tr, .verdict { break-inside: avoid; }
        .table { overflow: visible; } img, .l1, .l2, .l3, .l4 { print-color-adjust: exact; } }
      """;

  private Style() {}
}
