/** What goes wrong with live sources on a day, by name. A seed decides which game or player it is about. */
import type { Environment } from '../../shared/config.ts';
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import { pick, type Random } from '../../shared/domain/seeded-random.ts';
import type { AskedOfLeague, Facts, LeagueFault, LiveAnswer, Spoken } from './live-league/index.ts';

/** The day on which something goes wrong. */
export interface DrillDay {
  readonly date: GameDate;
  readonly facts: Facts;
  readonly random: Random;
}

export interface Drill {
  /** What goes wrong, until the source is back in the morning after. */
  readonly fault: (day: DrillDay) => LeagueFault;
  /** Raw tables of the date that may end otherwise: what is said before the games is not said again. */
  readonly lost?: readonly string[];
  /** Which sources are on; by default all. */
  readonly env?: Environment;
  /** Set where nothing goes wrong: the league changes its mind in the course of the day, and stays at it. A clean day knows it from the morning. */
  readonly isTrue?: true;
}

/** Ball Don't Lie tells the games and their results. */
export const KEYS_ALONE: Environment = {
  BALLDONTLIE_API_KEY: 'key-of-balldontlie',
  ODDS_API_KEY: 'key-of-odds-api',
};

/** Tables of what is asked for in the morning alone. */
export const ROSTERS: readonly string[] = ['espn_team_rosters'];
const INJURIES = 'nbac_injury_report';
/** What Ball Don't Lie alone says before the games. */
const SAID_BEFORE: readonly string[] = [...ROSTERS, INJURIES];
const LINES = ['odds_api_game_lines', 'odds_api_player_points_props'];

const of = (source: string, fault: LeagueFault): LeagueFault => {
  return (asked, answer, told) => (asked.source === source ? fault(asked, answer, told) : undefined);
};
const isAboutHurt = ({ path }: AskedOfLeague): boolean => path.startsWith('/v1/player_injuries');
/** What goes wrong with the list of who is hurt alone, and with everything but it. */
const ofHurt =
  (fault: LeagueFault): LeagueFault =>
  (asked, ...said) =>
    isAboutHurt(asked) ? fault(asked, ...said) : undefined;
const exceptHurt =
  (fault: LeagueFault): LeagueFault =>
  (asked, ...said) =>
    isAboutHurt(asked) ? undefined : fault(asked, ...said);
const saying =
  (status: number, body: string): LeagueFault =>
  () => ({ status, body });

/** Sound answers with another text. */
const changed =
  (change: (text: string, asked: AskedOfLeague) => string): LeagueFault =>
  (asked, answer) =>
    answer?.status === 200
      ? { ...answer, body: change(Buffer.from(answer.body).toString('utf8'), asked) }
      : undefined;

type Json = Record<string, unknown>;

/** Sound answers with another document. */
const rewritten = (change: (document: Json, asked: AskedOfLeague) => unknown): LeagueFault =>
  changed((text, asked) => JSON.stringify(change(JSON.parse(text) as Json, asked)));

const HOUR = 3_600_000;

/** A drill of one source, in which every day is alike. */
const always = (source: string, fault: LeagueFault, lost?: readonly string[]): Drill => ({
  fault: () => of(source, fault),
  ...(lost === undefined ? {} : { lost }),
});

/** Answers have pages of 25 entries, and the first one names another cursor than that of the next page. */
const cursor =
  (next: number): LeagueFault =>
  ({ path }, answer, told) => {
    const page = told({ path: path.replace('per_page=100', 'per_page=25') });
    if (page?.status !== 200) return answer;
    const document = JSON.parse(String(page.body)) as { readonly meta?: Json };
    if (path.includes('cursor=') || document.meta?.['next_cursor'] === undefined) return page;
    return { ...page, body: JSON.stringify({ ...document, meta: { ...document.meta, next_cursor: next } }) };
  };

/** The source takes long for every answer. */
const slow =
  (seconds: number): LeagueFault =>
  (_, answer): Spoken => ({
    ...(answer ?? { status: 404, body: '' }),
    seconds,
  });

/** Answers as they were a day before. */
const yesterday: LeagueFault = ({ at }, _, told) =>
  told({ at: new Date(at.getTime() - 24 * HOUR) }) ?? { status: 404, body: '' };

/** Answers to a question about the day after in the place of those to the one that was asked, and of another game in the place of a game. */
const ofAnotherDate =
  ({ date, facts }: DrillDay): LeagueFault =>
  ({ path }, _, told) => {
    const after = addDays(date, 1);
    const game = facts.games.find((each) => path.includes(each.id));
    const [other] = facts.games.filter((each) => each.date < date);
    return told({
      path:
        game === undefined || other === undefined
          ? path.replaceAll(date, after).replaceAll(date.replaceAll('-', ''), after.replaceAll('-', ''))
          : path.replaceAll(game.id, other.id),
    });
  };

/** The first final box scores and plays of every game are not the last: an assist and a rebound of each player, and who passed, are corrected. */
const finalTwice: LeagueFault = changed((text, { path }) => {
  if (path.includes('playbyplay')) return text.replaceAll(/,"assistPersonId":\d+/g, '');
  return path.includes('boxscore')
    ? text.replaceAll(/"(assists|reboundsDefensive|reboundsTotal)":(\d+)/g, (_, name: string, n: string) =>
        name === 'assists' ? `"assists":0` : `"${name}":${Number(n) + 1}`,
      )
    : text;
});

/** The first final scores are not the last: a free throw of the home team counts later. */
function scoreTwice({ date, facts, random }: DrillDay): LeagueFault {
  const { id, home } = pick(random, facts.gamesOn(date));
  return rewritten((document, { path }) => {
    if (path.includes('scheduleLeague'))
      return mapped(document, (each) =>
        each['gameId'] === id && each['gameStatus'] === 3
          ? { ...each, homeTeam: oneLess(each['homeTeam'] as Json, 'score') }
          : each,
      );
    if (!path.includes(`boxscore_${id}`)) return document;
    return mapped(document, (each) => {
      if (each['teamTricode'] !== home || !Array.isArray(each['players'])) return each;
      const players = each['players'] as Json[];
      const scorer = players.find((player) => Number((player['statistics'] as Json)['freeThrowsMade']) > 0);
      const less = (statistics: unknown): Json =>
        oneLess(oneLess(statistics as Json, 'freeThrowsMade'), 'points');
      return {
        ...oneLess(each, 'score'),
        statistics: less(each['statistics']),
        players: players.map((player) =>
          player === scorer ? { ...player, statistics: less(player['statistics']) } : player,
        ),
      };
    });
  });
}

const oneLess = (document: Json, field: string): Json => ({
  ...document,
  [field]: Number(document[field]) - 1,
});

/** A document in which every object is what `change` makes of it. */
function mapped(value: unknown, change: (each: Json) => Json): unknown {
  if (Array.isArray(value)) return value.map((each) => mapped(each, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(change(value as Json)).map(([name, each]) => [name, mapped(each, change)]),
  );
}

/** A player is called by another name. */
function renamed({ date, facts, random }: DrillDay): LeagueFault {
  const { players } = pick(random, facts.gamesOn(date));
  const name = pick(random, players)['player_name'] ?? '';
  return changed((text) => text.replaceAll(JSON.stringify(name), JSON.stringify(`${name} Renamed`)));
}

/** A box score has a line of somebody whom nobody knows: another id and another name. */
function unknownPlayer({ date, facts, random }: DrillDay): LeagueFault {
  const { players } = pick(random, facts.gamesOn(date));
  const { player_id: id = '', player_name: name = '' } = pick(random, players);
  return changed((text) =>
    text
      .replaceAll(`"personId":${id},`, '"personId":1999999,')
      .replaceAll(JSON.stringify(name), '"Nobody Whoever"'),
  );
}

/** A game is not played on its date: the league says so, and gives it a date on which neither of its teams plays. No source has anything else of it. */
function postponed({ date, facts, random }: DrillDay): LeagueFault {
  const { id, home, visitor } = pick(random, facts.gamesOn(date));
  const isFree = (on: GameDate): boolean =>
    !facts
      .gamesOn(on)
      .some((game) => [game.home, game.visitor].some((team) => team === home || team === visitor));
  const later =
    facts.games.map((game) => game.date).find((on) => on > date && isFree(on)) ?? addDays(date, 14);
  const isOfGame = (each: Json): boolean => JSON.stringify(each).includes(id);
  return (asked, answer): LiveAnswer | undefined => {
    if (answer?.status !== 200) return undefined;
    if (asked.path.includes(id)) return { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' };
    const text = Buffer.from(answer.body).toString('utf8');
    const document = JSON.parse(text) as unknown;
    if (asked.source === 'odds_api' && Array.isArray(document))
      return { ...answer, body: JSON.stringify(document.filter((each) => !isOfGame(each as Json))) };
    if (asked.source === 'balldontlie')
      return {
        ...answer,
        body: JSON.stringify(
          mapped(document, (each) =>
            each['date'] === date &&
            (each['home_team'] as Json)['abbreviation'] === home &&
            (each['visitor_team'] as Json)['abbreviation'] === visitor
              ? { ...each, status: 'Postponed', period: 0, home_team_score: 0, visitor_team_score: 0 }
              : each,
          ),
        ),
      };
    if (!asked.path.includes('scheduleLeague')) return undefined;
    const games = (each: Json): Json =>
      Array.isArray(each['games'])
        ? {
            ...each,
            games: (each['games'] as Json[]).flatMap((game) =>
              game['gameId'] === id
                ? [
                    { ...game, gameStatus: 1, gameStatusText: 'PPD', postponedStatus: 'Y' },
                    {
                      ...game,
                      gameStatus: 1,
                      gameStatusText: '7:00 pm ET',
                      gameDateEst: `${later}T00:00:00Z`,
                      gameDateTimeEst: `${later}T19:00:00Z`,
                    },
                  ]
                : [game],
            ),
          }
        : each;
    return { ...answer, body: JSON.stringify(mapped(document, games)) };
  };
}

const noPlayers = changed((text) => text.replaceAll(/"players":\[.*?\](?=,"statistics")/g, '"players":[]'));
const page = '<html><title>Access Denied</title></html>';

export const DRILLS = {
  'the league hangs': always('nba_cdn', () => 'hang'),
  'the league cannot be reached': always('nba_cdn', () => 'unreachable'),
  'the league refuses with a page': always('nba_cdn', saying(403, page)),
  'the league has errors': always('nba_cdn', saying(500, '')),
  'the league is asked too often': always('nba_cdn', saying(429, '')),
  'the league answers slowly': always('nba_cdn', slow(14)),
  'answers of the league come drop by drop': always('nba_cdn', () => 'drip'),
  'answers of the league are cut off': always(
    'nba_cdn',
    changed((text) => text.slice(0, -50)),
  ),
  'the league answers with a page': always('nba_cdn', saying(200, page)),
  'the league answers in the old shape': always('nba_cdn', saying(200, '{"resultSets":[]}')),
  'the league renames a field': always(
    'nba_cdn',
    changed((text) => text.replaceAll('"personId"', '"playerId"').replaceAll('"gameId"', '"gameCode"')),
  ),
  'the league answers with nothing': always('nba_cdn', saying(200, '{}')),
  'the league answers as the day before': always('nba_cdn', yesterday),
  'the league answers about other games': { fault: (day) => of('nba_cdn', ofAnotherDate(day)) },
  'box scores have no players': always('nba_cdn', noPlayers),
  'games are final twice, with corrections': always('nba_cdn', finalTwice),
  'the score of a game is final twice': { fault: (day) => of('nba_cdn', scoreTwice(day)) },
  'a game is postponed': { fault: postponed, lost: LINES, isTrue: true },
  'the league calls a player by another name': { fault: (day) => of('nba_cdn', renamed(day)) },
  'the league has a player whom nobody knows': { fault: (day) => of('nba_cdn', unknownPlayer(day)) },
  'every source calls a player by another name': { fault: renamed, lost: [...ROSTERS, ...LINES] },
  'rosters hang': always('espn', () => 'hang', ROSTERS),
  'rosters come slowly': always('espn', slow(14), ROSTERS),
  'rosters are of another team': always(
    'espn',
    changed((text) => text.replace(/"abbreviation":"[A-Z]+"/, '"abbreviation":"XYZ"')),
    ROSTERS,
  ),
  'rosters are empty': always(
    'espn',
    changed((text) => text.replace(/"athletes":\[.*\]/s, '"athletes":[]')),
    ROSTERS,
  ),
  'rosters are those of the day before': always('espn', yesterday, ROSTERS),
  'nobody quotes': always('odds_api', saying(200, '[]'), LINES),
  'the key of lines is not accepted': always('odds_api', saying(401, '{"message":"invalid key"}'), LINES),
  'lines are of another date': { fault: (day) => of('odds_api', ofAnotherDate(day)), lost: LINES },
  'lines name a player whom nobody knows': { fault: (day) => of('odds_api', renamed(day)), lost: LINES },
  'lines hang': always('odds_api', () => 'hang', LINES),
  'injury reports hang': always('nba_injuries', () => 'hang'),
  'injury reports cannot be reached': always('nba_injuries', () => 'unreachable'),
  'injury reports are pages': always('nba_injuries', saying(200, page)),
  'nobody tells who is hurt': always('balldontlie', ofHurt(saying(500, '')), [INJURIES]),
  'the list of who is hurt is empty': always('balldontlie', ofHurt(saying(200, '{"data":[]}')), [INJURIES]),
  'the list of who is hurt renames a field': always(
    'balldontlie',
    ofHurt(changed((text) => text.replaceAll('"status"', '"state"'))),
    [INJURIES],
  ),
  'the list of who is hurt has a status that nobody knows': always(
    'balldontlie',
    ofHurt(changed((text) => text.replaceAll('"Day-To-Day"', '"Whatever"'))),
    [INJURIES],
  ),
  'the second source cannot be reached': always('balldontlie', () => 'unreachable', [INJURIES]),
  'the only source of games hangs': { ...always('balldontlie', () => 'hang', SAID_BEFORE), env: KEYS_ALONE },
  'the only source of games lacks a page': {
    ...always('balldontlie', cursor(50), SAID_BEFORE),
    env: KEYS_ALONE,
  },
  'the only source of games has a page twice': {
    ...always('balldontlie', cursor(0), SAID_BEFORE),
    env: KEYS_ALONE,
  },
  // A list of who is hurt does not say of which day it is: that of the day before cannot be told from that of the day.
  'the only source of games answers as the day before': {
    ...always('balldontlie', exceptHurt(yesterday), SAID_BEFORE),
    env: KEYS_ALONE,
  },
  'the only source of games answers about another date': {
    fault: (day) => of('balldontlie', ofAnotherDate(day)),
    lost: SAID_BEFORE,
    env: KEYS_ALONE,
  },
} as const satisfies Readonly<Record<string, Drill>>;
export type DrillName = keyof typeof DRILLS;
