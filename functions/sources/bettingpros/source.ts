/** BettingPros: what bookmakers quote on the points of players. */
import { parseGameDate } from '../../../shared/domain/game-date.ts';
import { seasonOf } from '../../../shared/domain/season.ts';
import type { Source } from '../source.ts';
import { furtherPages, pageOf, readProps, withoutEcho } from './props.ts';

/** The market of points. */
const POINTS = 156;
/** DraftKings, whose line goes before those of other bookmakers. Without a bookmaker the best line of any is told, and that is no main line. */
const BOOK = 12;
/** More lines than there are on any date, so that one page has all of them. */
const LINES_A_PAGE = 9999;

const pathOf = (subject: string): string => {
  const { date, page } = pageOf(subject) ?? { date: subject, page: 1 };
  return `/v3/props?sport=NBA&market_id=${POINTS}&book_id=${BOOK}&date=${date}&include_selections=true&include_events=true&include_markets=false&limit=${LINES_A_PAGE}&page=${page}`;
};

const seasonIn = (subject: string) => {
  const date = parseGameDate(pageOf(subject)?.date ?? '');
  return date === undefined ? undefined : seasonOf(date);
};

export default {
  name: 'bettingpros',
  proven: true,
  address: 'https://api.bettingpros.com',
  key: { variable: 'BETTINGPROS_API_KEY', header: 'x-api-key' },
  secondsBetween: 0.7,
  redact: withoutEcho,
  endpoints: {
    props: {
      about: 'date',
      fills: ['bettingpros_props'],
      targets: { player_lines: 2 },
      rhythm: 'lines',
      path: pathOf,
      // Of games that have begun it still knows the lines with which bookmakers opened.
      covers: () => true,
      seasonOf: seasonIn,
      read: readProps,
      leadsTo: furtherPages,
    },
    page: {
      about: 'event',
      fills: ['bettingpros_props'],
      targets: { player_lines: 2 },
      rhythm: 'led',
      path: pathOf,
      covers: () => true,
      seasonOf: seasonIn,
      read: readProps,
    },
  },
} as const satisfies Source;
