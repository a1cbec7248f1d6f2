/** The gamebook of the league: the official box score of a game as a PDF, with those who did not play and why. */
import { parseGameId } from '../../../shared/domain/game-id.ts';
import { seasonOf } from '../../../shared/domain/season.ts';
import type { Source } from '../source.ts';
import { readGamebook } from './gamebook.ts';

/** `20240410_MEM_CLE` -> `/pdfs/20240410/20240410_MEMCLE_book.pdf`. */
function pathOf(subject: string): string {
  const [day = '', away = '', home = ''] = subject.split('_');
  return `/pdfs/${day}/${day}_${away}${home}_book.pdf`;
}

export default {
  name: 'nba_gamebook',
  // No whole gamebook was at hand: it is read as its parts were described.
  proven: false,
  address: 'https://statsdmz.nba.com',
  secondsBetween: 0.7,
  endpoints: {
    book: {
      about: 'matchup',
      format: 'pdf',
      fills: ['gamebook'],
      targets: { gamebook: 1 },
      rhythm: 'overnight',
      path: pathOf,
      covers: () => true,
      seasonOf: (subject) => {
        const known = parseGameId(subject);
        return known === undefined ? undefined : seasonOf(known.date);
      },
      read: readGamebook,
    },
  },
} as const satisfies Source;
