/** Parts of a page for a person: tables, figures and plots with bars. Nothing in it is loaded from elsewhere. */
import { escapedHtml } from './html-text.ts';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:760px;margin:2em auto;padding:0 1em;color:#222;background:#fff}
figure{margin:2em 0}figcaption{color:#555}table{border-collapse:collapse;margin:1em 0}th{text-align:left;font-weight:400;padding-right:1.5em;color:#555}
td{padding-right:1.5em;vertical-align:top}td.n{text-align:right}code{background:#f4f4f4;padding:0 .3em}svg{max-width:100%;height:auto}`;

/** A whole page. @param body HTML */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapedHtml(title)}</title>
<style>${STYLE}</style></head>
<body><h1>${escapedHtml(title)}</h1>${body}
</body></html>
`;
}

/** Names and values, one under the other. */
export function factsHtml(facts: readonly (readonly [name: string, value: string])[]): string {
  const rows = facts.map(
    ([name, value]) => `<tr><th>${escapedHtml(name)}</th><td>${escapedHtml(value)}</td></tr>`,
  );
  return `<table>${rows.join('')}</table>`;
}

/** A table with a head. Numbers stand to the right. */
export function tableHtml(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number): string =>
    typeof value === 'number' ? `<td class="n">${value}</td>` : `<td>${escapedHtml(value)}</td>`;
  return `<table><tr>${head.map((each) => `<th>${escapedHtml(each)}</th>`).join('')}</tr>${rows
    .map((row) => `<tr>${row.map(cell).join('')}</tr>`)
    .join('')}</table>`;
}

/** What a person looks at: a picture with its title and what it says. */
export interface Figure {
  readonly title: string;
  /** What a person sees in it. */
  readonly says: string;
  readonly svg: string;
}

export function figureHtml({ title, says, svg }: Figure): string {
  return `<figure><h2>${escapedHtml(title)}</h2>${svg}<figcaption>${escapedHtml(says)}</figcaption></figure>`;
}

/** Width of every picture, and the height of most. */
export const [WIDTH, HEIGHT] = [720, 400] as const;

/** A picture. @param content SVG elements */
export function svgOf(title: string, content: string, height: number = HEIGHT): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui,sans-serif" role="img" aria-label="${escapedHtml(title)}"><rect width="100%" height="100%" fill="#fff"/>${content}</svg>`;
}

/** A bar that lies. */
export interface Bar {
  readonly name: string;
  /** Of the longest possible bar, 0 to 1. */
  readonly share: number;
  /** A lighter bar in front of which it lies, such as what it will be; absent for none. */
  readonly behind?: number;
  /** What stands behind its end. */
  readonly text: string;
}

const [TOP, LINE, NAMES] = [15, 20, 220];

/** Bars one under the other, each with its name. */
export function barsSvg(title: string, bars: readonly Bar[]): string {
  const room = WIDTH - NAMES - 90;
  const lines = bars.map(({ name, share, behind = 0, text }, i) => {
    const y = TOP + i * LINE;
    const rect = (of: number, fill: string): string =>
      `<rect x="${NAMES}" y="${y + 3}" width="${tenths(of * room)}" height="14" fill="${fill}"/>`;
    const end = tenths(NAMES + 6 + Math.max(share, behind) * room);
    return `<text x="${NAMES - 10}" y="${y + 14}" font-size="12" fill="#333" text-anchor="end">${escapedHtml(name)}</text>${behind > 0 ? rect(behind, '#b6d4fe') : ''}${rect(share, '#1f6feb')}<text x="${end}" y="${y + 14}" font-size="11" fill="#555">${escapedHtml(text)}</text>`;
  });
  return svgOf(title, lines.join(''), TOP * 2 + bars.length * LINE);
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
