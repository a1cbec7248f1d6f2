/** Reads what bookmakers quote on a game: spreads and totals, and lines on the points of players. */
import { z } from 'zod';
import { gameDateOf } from '../../../shared/domain/game-date.ts';
import { americanOdds } from '../american-odds.ts';
import { compact, momentIn } from '../moments.ts';
import { shaped } from '../shape.ts';
import { NotYet, PayloadFault, type Reading, type SourceLine } from '../source.ts';
import { eventIn, pastAnswer } from './events.ts';

const outcome = z.object({
  name: z.string(),
  description: z.string().optional(),
  price: z.number(),
  point: z.number().optional(),
});

const event = z.object({
  id: z.string(),
  commence_time: z.iso.datetime({ offset: true }),
  home_team: z.string().min(1),
  away_team: z.string().min(1),
  bookmakers: z.array(
    z.object({
      key: z.string().regex(/^[a-z0-9_]+$/),
      markets: z.array(z.object({ key: z.string(), outcomes: z.array(outcome) })),
    }),
  ),
});

type Outcome = z.infer<typeof outcome>;

/** Columns of both kinds of lines. */
const OF_ALL = [
  ...['snapshot', 'game_date', 'home_team', 'visitor_team', 'snapshot_utc', 'commence_utc'],
  ...['bookmaker', 'market'],
];

type Event = z.infer<typeof event>;

const board = z.array(event);

/**
 * What bookmakers quote on one game; nothing where nobody does yet.
 * @throws PayloadFault when the answer is of another event, or has no American odds
 */
export function readOdds(document: unknown, subject: string): Reading[] {
  const found = ofSubject(shaped(event, document), subject);
  const { lines, props } = quotesOf(found, subject, eventIn(subject)?.at);
  return [linesReading(lines), propsReading(props)];
}

/**
 * What bookmakers quoted on one game, or on its players, at a past time; nothing where nobody did.
 * @throws PayloadFault when the answer is of another event or of a later time than was asked about, or the game had begun
 */
export function readPastOdds(
  document: unknown,
  subject: string,
  kind: 'event_lines' | 'event_props',
): Reading[] {
  const { data, at } = pastAnswer(document, eventIn(subject)?.at ?? new Date(0));
  const found = ofSubject(shaped(event, data), subject);
  if (new Date(found.commence_time) <= at)
    throw new PayloadFault(`is of ${at.toISOString()}, when the game had begun`);
  const { lines, props } = quotesOf(found, subject, at);
  return [kind === 'event_lines' ? linesReading(lines) : propsReading(props)];
}

/**
 * Spreads and totals of all games of a date that have not begun.
 * @throws NotYet when nobody quotes any
 */
export function readBoard(document: unknown, subject: string): Reading[] {
  const { date, at = new Date(0) } = momentIn(subject) ?? {};
  const lines = shaped(board, document)
    .filter(({ commence_time }) => {
      const start = new Date(commence_time);
      return gameDateOf(start) === date && start > at;
    })
    .flatMap((each) => quotesOf(each, `${each.id}-${compact(at)}`, at).lines);
  if (lines.length === 0) throw new NotYet('has no line on a game of the date');
  return [linesReading(lines)];
}

function ofSubject(found: Event, subject: string): Event {
  if (!subject.startsWith(`${found.id}-`)) throw new PayloadFault(`is of event ${found.id}`);
  return found;
}

const linesReading = (lines: readonly SourceLine[]): Reading => ({
  kind: 'event_lines',
  columns: [...OF_ALL, 'outcome', 'point', 'price'],
  lines,
});

const propsReading = (lines: readonly SourceLine[]): Reading => ({
  kind: 'event_props',
  columns: [...OF_ALL, 'player_name', 'line', 'over_price', 'under_price', 'is_main_line'],
  lines,
});

/**
 * The quotes of all bookmakers on a game and on its players.
 * @param snapshot the game and the time of the question; what was quoted at one time never replaces what was at another
 * @param at when they were quoted
 */
function quotesOf(
  { commence_time, home_team, away_team, bookmakers }: Event,
  snapshot: string,
  at: Date | undefined,
): { readonly lines: SourceLine[]; readonly props: SourceLine[] } {
  const whose = {
    snapshot,
    game_date: gameDateOf(new Date(commence_time)),
    home_team,
    visitor_team: away_team,
    snapshot_utc: at?.toISOString() ?? null,
    commence_utc: commence_time,
  };
  const lines: SourceLine[] = [];
  const props: SourceLine[] = [];
  for (const { key: bookmaker, markets } of bookmakers)
    for (const { key: market, outcomes } of markets) {
      const own = { ...whose, bookmaker, market };
      if (market === 'player_points') props.push(...propsIn(outcomes).map((line) => ({ ...own, ...line })));
      else if (market === 'spreads' || market === 'totals')
        lines.push(
          ...outcomes.map(({ name, point, price }) => ({
            ...own,
            outcome: name,
            point: point ?? null,
            price: decimalOdds(price),
          })),
        );
    }
  return { lines, props };
}

/**
 * The lines of a book on the points of players. Some books list other lines beside the main one: the main line of a player is
 * the one whose two prices are the nearest to even. Where a book lists a player twice at one point, the pair of prices nearest
 * to even counts.
 */
function propsIn(outcomes: readonly Outcome[]): SourceLine[] {
  const ofPlayers = Map.groupBy(outcomes, ({ description }) => description ?? '');
  return [...ofPlayers].flatMap(([player, ofPlayer]) => {
    const fromNearest = pairsOf(ofPlayer).toSorted((a, b) => distance(a) - distance(b) || a.point - b.point);
    return [...Map.groupBy(fromNearest, ({ point }) => point)].flatMap(([point, [nearest]]) =>
      nearest === undefined
        ? []
        : {
            player_name: player,
            line: point,
            over_price: nearest.over,
            under_price: nearest.under,
            is_main_line: nearest === fromNearest[0],
          },
    );
  });
}

interface Pair {
  readonly point: number;
  /** American odds; null for a side that is not quoted. */
  readonly over: number | null;
  readonly under: number | null;
}

/** The quotes of one player: the n-th over of a point goes with the n-th under of it. */
function pairsOf(outcomes: readonly Outcome[]): Pair[] {
  return [...Map.groupBy(outcomes, (each) => each.point)].flatMap(([point, ofPoint]) => {
    if (point === undefined) return [];
    const [overs = [], unders = []] = ['Over', 'Under'].map((side) =>
      ofPoint.filter(({ name }) => name === side),
    );
    return Array.from({ length: Math.max(overs.length, unders.length) }, (_, i) => ({
      point,
      over: americanOdds(overs[i]?.price),
      under: americanOdds(unders[i]?.price),
    }));
  });
}

/** How far a pair is from even: the difference of the two chances that its prices stand for. One side alone is the farthest. */
function distance({ over, under }: Pair): number {
  return over === null || under === null ? 1 : Math.abs(chanceOf(over) - chanceOf(under));
}

/** The chance that American odds stand for, from 0 to 1. */
function chanceOf(odds: number): number {
  return odds < 0 ? -odds / (100 - odds) : 100 / (100 + odds);
}

/** American odds as decimal odds, with three decimals: -110 is 1.909, 120 is 2.2. */
function decimalOdds(price: number): number {
  const odds = americanOdds(price) ?? 0;
  return Math.round((odds < 0 ? 1 - 100 / odds : 1 + odds / 100) * 1000) / 1000;
}
