/** Writes a gamebook in the layout that is described of the official ones. */
import { tinyPdf, type PlacedText } from './tiny-pdf.ts';

export const GAMEBOOK_HEADER = 'POS MIN FG FGA 3P 3PA FT FTA OR DR TOT A PF ST TO BS +/- PTS';

/** Lines of a page from the top, each of words that stand by themselves. */
export function gamebookPdf(lines: readonly string[]): Uint8Array {
  return tinyPdf([
    lines.flatMap((line, i): PlacedText[] => {
      let x = 30;
      return line.split(' ').map((word) => {
        const placed = [x, 560 - 11 * i, word] as const;
        x += 6 * word.length + 4;
        return placed;
      });
    }),
  ]);
}

/** Five players of a team, with 10 points each but for the first one, who has `points` and the name `first`. */
export function fiveOf(first: string, points: number, others: readonly string[]): string[] {
  const line = (name: string, jersey: number, position: string, twos: number): string =>
    `${jersey} ${name}${position} 24:00 ${twos} ${twos + 2} 0 1 0 0 1 2 3 4 2 1 0 1 -3 ${2 * twos}`;
  return [line(first, 23, ' F', points / 2), ...others.map((name, i) => line(name, i, i < 2 ? ' G' : '', 5))];
}

/** The totals of five such players. */
export function totalsOf(points: number): string {
  const twos = points / 2 + 20;
  return `240:00 ${twos} ${twos + 10} 0 5 0 0 5 10 15 20 10 5 0 5 -15 ${points + 40}`;
}
