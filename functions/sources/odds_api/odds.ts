/** Reads what bookmakers quote on a game: spreads and totals, and lines on the points of players. */
import { z } from 'zod';
import { gameDateOf } from '../../../shared/domain/game-date.ts';
import { americanOdds } from '../american-odds.ts';
import { shaped } from '../shape.ts';
import { NotYet, PayloadFault, type Reading, type SourceLine } from '../source.ts';
import { snapshotIn } from './events.ts';

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

/**
 * @throws NotYet when nobody quotes the game
 * @throws PayloadFault when the answer is of another event, or has no American odds
 */
export function readOdds(document: unknown, subject: string): Reading[] {
  const { id, commence_time, home_team, away_team, bookmakers } = shaped(event, document);
  if (!subject.startsWith(`${id}-`)) throw new PayloadFault(`is of event ${id}`);
  const whose = {
    snapshot: subject,
    game_date: gameDateOf(new Date(commence_time)),
    home_team,
    visitor_team: away_team,
    snapshot_utc: snapshotIn(subject)?.toISOString() ?? null,
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
  if (lines.length + props.length === 0) throw new NotYet('is of a game that nobody quotes yet');
  return [
    { kind: 'event_lines', columns: [...OF_ALL, 'outcome', 'point', 'price'], lines },
    {
      kind: 'event_props',
      columns: [...OF_ALL, 'player_name', 'line', 'over_price', 'under_price', 'is_main_line'],
      lines: props,
    },
  ];
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
