/**
 * Reads the lines on the points of players of a date. A line is known before a game when it was seen before the tip-off: the present
 * one of an answer that was made before it, and the one with which bookmakers opened. The present line of a game that has begun may
 * know of the game, and is left out. What became of a bet is not read: BettingPros calls the bet on a player who did not play a push
 * on 0 points, and it is void.
 */
import { z } from 'zod';
import { gameDateOf } from '../../../shared/domain/game-date.ts';
import { canonicalTeam } from '../../../shared/domain/teams.ts';
import { americanOdds } from '../american-odds.ts';
import { shaped } from '../shape.ts';
import { NotYet, PayloadFault, type Reading, type SourceLine } from '../source.ts';

const MARKET = 156;

/** A time such as `2024-11-15 02:00:00`, in UTC. */
const time = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
const odds = z.number().int().nullable();

const side = z.object({
  line: z.number().nullable(),
  odds,
  book: z.number().int().nullable(),
  selection: z
    .object({
      active: z.boolean().optional(),
      opening_line: z
        .object({ line: z.number(), cost: odds, book_id: z.number().int(), created: time })
        .nullish(),
    })
    .nullish(),
});

const whole = z.coerce.number().int();

const paging = z.object({ page: whole, total_pages: whole, total_items: whole });

const answer = z.object({
  _parameters: z.object({ date: z.iso.date().nullish() }).optional(),
  _pagination: paging,
  ts: z.number().int().positive(),
  props: z.array(
    z.object({
      market_id: whole,
      event_id: whole,
      participant: z.object({ id: z.coerce.string(), name: z.string().min(1) }),
      over: side.nullish(),
      under: side.nullish(),
    }),
  ),
  events: z.array(z.object({ id: whole, scheduled: time, home: z.string(), visitor: z.string() })),
});

type Side = z.infer<typeof side>;
type Quote = { readonly line: number; readonly odds: number | null; readonly book: number };

/** The names that bookmakers have in the tables, by their ids at BettingPros. */
const BOOKS: Readonly<Record<number, string>> = {
  10: 'fanduel',
  12: 'draftkings',
  13: 'caesars',
  14: 'fanatics',
  18: 'betrivers',
  19: 'betmgm',
  24: 'bet365',
};

const COLUMNS = [
  ...['snapshot', 'game_date', 'home_team', 'visitor_team', 'snapshot_utc', 'commence_utc'],
  ...['bookmaker', 'market', 'player_name', 'line', 'over_price', 'under_price', 'is_main_line'],
];

/** The date and the page in a subject such as `2024-12-06` or `2024-12-06-2`; undefined when it has none. */
export function pageOf(subject: string): { readonly date: string; readonly page: number } | undefined {
  const [, date, page = '1'] = /^(\d{4}-\d\d-\d\d)(?:-([1-9]\d?))?$/.exec(subject) ?? [];
  return date === undefined ? undefined : { date, page: Number(page) };
}

/** The pages that follow the first one. @throws PayloadFault when the answer has another shape */
export function furtherPages(document: unknown, date: string): string[] {
  const {
    _pagination: { total_pages: pages },
  } = shaped(z.object({ _pagination: paging }), document);
  if (pages > MOST_PAGES) throw new PayloadFault(`has ${pages} pages, more than the lines of any date`);
  return Array.from({ length: Math.max(0, pages - 1) }, (_, i) => `${date}-${i + 2}`);
}

const MOST_PAGES = 60;

/** The answer without the address that it repeats, which has the headers of the question and the key among them. */
export function withoutEcho(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || !('_pagination' in document)) return document;
  const { _pagination: pages } = document;
  if (typeof pages !== 'object' || pages === null || !('self' in pages)) return document;
  return { ...document, _pagination: { ...pages, self: null } };
}

/**
 * @throws NotYet when nobody quotes a player before a game
 * @throws PayloadFault when the answer is of another date, page or market, or has no American odds
 */
export function readProps(document: unknown, subject: string): Reading[] {
  const { _parameters, _pagination, ts, props, events } = shaped(answer, document);
  const asked = pageOf(subject);
  if (asked === undefined || (_parameters?.date ?? asked.date) !== asked.date)
    throw new PayloadFault(`is of ${_parameters?.date ?? 'no date'}`);
  if (asked.page !== _pagination.page) throw new PayloadFault(`is of page ${_pagination.page}`);
  if (props.length === 0 && _pagination.total_items > 0)
    throw new PayloadFault(`has none of ${_pagination.total_items} lines`);
  const at = isoTime(ts * 1000);
  const games = new Map(events.map((event) => [event.id, event]));
  const lines = props.flatMap((prop): SourceLine[] => {
    if (prop.market_id !== MARKET) return [];
    const event = games.get(prop.event_id);
    if (event === undefined)
      throw new PayloadFault(`has lines of event ${prop.event_id}, which it does not tell`);
    const start = isoTime(Date.parse(`${event.scheduled.replace(' ', 'T')}Z`));
    const whose = {
      game_date: gameDateOf(new Date(start)),
      home_team: canonicalTeam(event.home) ?? event.home,
      visitor_team: canonicalTeam(event.visitor) ?? event.visitor,
      commence_utc: start,
      market: 'player_points',
      player_name: prop.participant.name,
      is_main_line: true,
    };
    const openings = quoted(openingOf(prop.over), openingOf(prop.under));
    const seen = openings.map(({ at: created, ...line }) => ({
      ...{ ...whose, ...line },
      snapshot: `opening ${prop.event_id} ${asked.page}`,
      snapshot_utc: created,
    }));
    const present = at < start ? quoted(presentOf(prop.over, at), presentOf(prop.under, at)) : [];
    return [
      ...seen.filter(({ snapshot_utc }) => snapshot_utc < start),
      ...present.map(({ at: now, ...line }) => ({
        ...{ ...whose, ...line },
        snapshot: `${subject} ${now}`,
        snapshot_utc: now,
      })),
    ];
  });
  const ofDate = lines.filter((line) => line['game_date'] === asked.date);
  const [other] = ofDate.length === 0 ? lines : [];
  if (other !== undefined) throw new PayloadFault(`is of ${String(other['game_date'])}`);
  if (ofDate.length === 0) throw new NotYet('is of a date on which nobody quotes a player before a game');
  return [{ kind: 'bettingpros_props', columns: COLUMNS, lines: ofDate }];
}

type Seen = Quote & { readonly at: string };

function presentOf(declared: Side | null | undefined, at: string): Seen | undefined {
  if (declared?.line == null || declared.book === null || declared.selection?.active === false)
    return undefined;
  return { line: declared.line, odds: declared.odds, book: declared.book, at };
}

function openingOf(declared: Side | null | undefined): Seen | undefined {
  const opening = declared?.selection?.opening_line;
  if (opening == null) return undefined;
  const at = isoTime(Date.parse(`${opening.created.replace(' ', 'T')}Z`));
  return { line: opening.line, odds: opening.cost, book: opening.book_id, at };
}

/** The line of a player: one where both sides are of one bookmaker, at one point and time; else the one of each side by itself. */
function quoted(over: Seen | undefined, under: Seen | undefined) {
  const lineOf = ({ line, book, at }: Seen, overPrice: number | null, underPrice: number | null) => ({
    ...{ line, at, bookmaker: BOOKS[book] ?? `book_${book}` },
    ...{ over_price: americanOdds(overPrice), under_price: americanOdds(underPrice) },
  });
  if (over === undefined) return under === undefined ? [] : [lineOf(under, null, under.odds)];
  if (under === undefined) return [lineOf(over, over.odds, null)];
  const { book } = over;
  if (book !== under.book) return [lineOf(over, over.odds, null), lineOf(under, null, under.odds)];
  // Where the sides of one bookmaker have two points, that of the over counts.
  return [lineOf(over, over.odds, over.line === under.line ? under.odds : null)];
}

function isoTime(ms: number): string {
  if (Number.isNaN(ms)) throw new PayloadFault('has a time that is none');
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
