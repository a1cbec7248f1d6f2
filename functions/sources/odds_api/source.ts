/**
 * The Odds API: what bookmakers quote on games and on their players, now and at past times. Each market that an answer has costs a
 * credit, at a past time ten; the list of games is free, that of past games costs one. One answer has the spreads and totals of all
 * games of a date, but lines on players are asked for game by game. Docs of the source: https://the-odds-api.com/liveapi/guides/v4
 */
import { gameDate, gameDateOf, parseGameDate, type GameDate } from '../../../shared/domain/game-date.ts';
import { seasonOf, type Season } from '../../../shared/domain/season.ts';
import { momentIn, momentOf, seasonOfMoment } from '../moments.ts';
import type { Endpoint, Source } from '../source.ts';
import { asked, eventIn, eventsOf, pastEventsOf, questionAbout, startsOfEvents } from './events.ts';
import { readBoard, readOdds, readPastOdds } from './odds.ts';

const SPORT = 'sports/basketball_nba';
const quoted = (markets: string): string => `regions=us&markets=${markets}&oddsFormat=american`;
/** The first dates of which it has past spreads and totals, and past lines on players. */
const [FIRST_LINES, FIRST_POINTS] = [gameDate('2020-06-07'), gameDate('2023-05-04')];

function seasonOfDate(date: string): Season | undefined {
  const known = parseGameDate(date);
  return known === undefined ? undefined : seasonOf(known);
}

function seasonOfEvent(subject: string): Season | undefined {
  const found = eventIn(subject);
  return found === undefined ? undefined : seasonOf(gameDateOf(found.at));
}

/** The date in the subject of a question about all games of a moment. */
const dateIn = (subject: string): string => momentIn(subject)?.date ?? '';

/** The date on which a question about a game was, or is, asked. */
const dateOfEvent = (subject: string): string => gameDateOf(eventIn(subject)?.at ?? new Date(0));

const isPast = (date: string, first: GameDate, today: GameDate): boolean => first <= date && date < today;

/** The games of a past date, to be asked about one by one. */
const pastEvents = (target: 'game_lines' | 'player_lines', first: GameDate) =>
  ({
    about: 'date',
    fills: [],
    targets: { [target]: 1 },
    rhythm: 'history',
    credits: 1,
    path: (date) => `/v4/historical/${SPORT}/events?${questionAbout(date)}&date=${date}T12:00:00Z`,
    covers: (date, today) => isPast(date, first, today),
    seasonOf: seasonOfDate,
    read: () => [],
    leadsTo: pastEventsOf,
  }) satisfies Endpoint;

/** What was quoted on a game just before its tip-off. @param markets of which each costs ten */
const pastOdds = (
  target: 'game_lines' | 'player_lines',
  fills: 'event_lines' | 'event_props',
  markets: readonly string[],
  first: GameDate,
) =>
  ({
    about: 'event',
    fills: [fills],
    targets: { [target]: 1 },
    rhythm: 'led',
    credits: 10 * markets.length,
    usually: (games, date, today) => (isPast(date, first, today) ? games : 0),
    path: (subject) => {
      const { event = '', at = new Date(0) } = eventIn(subject) ?? {};
      return `/v4/historical/${SPORT}/events/${event}/odds?${quoted(markets.join(','))}&date=${asked(at)}`;
    },
    covers: (subject, today) => isPast(dateOfEvent(subject), first, today),
    seasonOf: seasonOfEvent,
    read: (document, subject) => readPastOdds(document, subject, fills),
  }) satisfies Endpoint;

export default {
  name: 'odds_api',
  proven: true,
  address: 'https://api.the-odds-api.com',
  key: { variable: 'ODDS_API_KEY', parameter: 'apiKey' },
  secondsBetween: 0.2,
  // The readings of a day with fifteen games cost about 30.
  creditsFloor: 50,
  creditsADay: 30,
  endpoints: {
    events: {
      about: 'date',
      fills: [],
      targets: { game_lines: 1, player_lines: 1 },
      rhythm: 'lines',
      // The lines of all games name them, too.
      after: { endpoint: 'lines', isAnswered: false },
      path: (date) => `/v4/${SPORT}/events?${questionAbout(date)}`,
      // Games that have begun are not among them.
      covers: (date, today) => date >= today,
      seasonOf: seasonOfDate,
      read: () => [],
      leadsTo: eventsOf,
      startsOf: startsOfEvents,
    },
    lines: {
      about: 'moment',
      fills: ['event_lines'],
      targets: { game_lines: 1 },
      rhythm: 'lines',
      credits: 2,
      subjectsAt: (date, now) => [momentOf(date, now)],
      // A person who asks once is told game by game, also where nothing is said of all games of a moment.
      isScheduledOnly: true,
      path: (subject) => `/v4/${SPORT}/odds?${quoted('spreads,totals')}&${questionAbout(dateIn(subject))}`,
      covers: (subject, today) => dateIn(subject) >= today,
      seasonOf: seasonOfMoment,
      read: readBoard,
      leadsTo: (document, subject, now) => eventsOf(document, dateIn(subject), now),
      startsOf: (document, subject, now) => startsOfEvents(document, dateIn(subject), now),
    },
    points: {
      about: 'event',
      fills: ['event_props'],
      targets: { player_lines: 1 },
      rhythm: 'led',
      credits: 1,
      after: { endpoint: 'lines', isAnswered: true },
      path: (subject) =>
        `/v4/${SPORT}/events/${eventIn(subject)?.event ?? ''}/odds?${quoted('player_points')}`,
      covers: (subject, today) => dateOfEvent(subject) >= today,
      seasonOf: seasonOfEvent,
      read: (document, subject) => readOdds(document, subject).slice(1),
    },
    odds: {
      about: 'event',
      fills: ['event_lines', 'event_props'],
      targets: { game_lines: 1, player_lines: 1 },
      rhythm: 'led',
      credits: 3,
      // Where the lines of all games are not told at once, they are asked for game by game.
      after: { endpoint: 'lines', isAnswered: false },
      path: (subject) =>
        `/v4/${SPORT}/events/${eventIn(subject)?.event ?? ''}/odds?${quoted('spreads,totals,player_points')}`,
      covers: (subject, today) => dateOfEvent(subject) >= today,
      seasonOf: seasonOfEvent,
      read: readOdds,
    },
    past_events: pastEvents('game_lines', FIRST_LINES),
    past_point_events: pastEvents('player_lines', FIRST_POINTS),
    past_lines: pastOdds('game_lines', 'event_lines', ['spreads', 'totals'], FIRST_LINES),
    past_points: pastOdds('player_lines', 'event_props', ['player_points'], FIRST_POINTS),
  },
} as const satisfies Source;
