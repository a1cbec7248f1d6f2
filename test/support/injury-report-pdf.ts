/** Writes an injury report as the league publishes it. */
import { tinyPdf, type PlacedText } from './tiny-pdf.ts';

/** A row of a report; what it does not name is that of the row above. A reason has as many lines as are given. */
export interface ReportRow {
  readonly date?: string;
  readonly matchup?: string;
  readonly team?: string;
  readonly player?: string;
  readonly status?: string;
  readonly reason?: readonly string[];
}

const EDGES = {
  date: 24,
  time: 121,
  matchup: 201,
  team: 265,
  player: 426,
  status: 587,
  reason: 667,
} as const;
const HEADER: readonly PlacedText[] = [
  [23, 480, 'Game Date'],
  [119.5, 480, 'Game Time'],
  [200, 480, 'Matchup'],
  [264, 480, 'Team'],
  [425, 480, 'Player Name'],
  [586, 480, 'Current Status'],
  [666, 480, 'Reason'],
];

/** @param title such as `10/24/23 05:30 PM`. @param above text at the top of each page that goes on from the page before */
export function injuryReportPdf(
  title: string,
  pages: readonly (readonly ReportRow[])[],
  above: readonly (string | undefined)[] = [],
): Uint8Array {
  return tinyPdf(
    pages.map((rows, page) => {
      const texts: PlacedText[] = [
        [289, 533, `Injury Report: ${title}`],
        [398, 50, `Page ${page + 1} of ${pages.length}`],
        ...(page === 0 ? HEADER : []),
      ];
      let y = page === 0 ? 459 : 505;
      const carried = above[page];
      if (carried !== undefined) {
        texts.push([EDGES.reason, y + 2, carried]);
        y -= 22;
      }
      for (const { reason = [], ...cells } of rows) {
        const height = 14 * Math.max(0, reason.length - 1);
        const middle = y - height / 2;
        for (const [column, text] of Object.entries(cells))
          texts.push([EDGES[column as keyof typeof EDGES], middle, text]);
        // Words stand by themselves, as in the reports of the league.
        for (const [i, line] of reason.entries()) {
          let x: number = EDGES.reason;
          for (const word of line.split(' ')) {
            texts.push([x, y - 14 * i, word]);
            x += 5 * word.length + 3;
          }
        }
        y -= height + 22;
      }
      return texts;
    }),
  );
}
