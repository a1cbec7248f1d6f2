/** Messages that are not messages: each is set aside with a reason a person can act on, and nothing else changes. */
import { describe, expect, it } from 'vitest';
import { completeTopic, runTopic } from '../../shared/derive/topics.ts';
import { makeRandom, type Random } from '../../shared/simulate/random.ts';
import { deadLettersIn } from '../support/look.ts';
import { builtWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

type Json = Readonly<Record<string, unknown>>;

const REQUEST: Json = { requestId: 'r-1', startDate: '2023-10-24', endDate: '2023-11-14', from: 'phase3', through: 'phase4', only: 'all', restate: 'auto', force: false, maxInFlight: 2, dryRun: false, requestedBy: 'a person' };
const RUN: Json = {
  schemaVersion: 1,
  kind: 'run_requested',
  eventId: 'requested:run-1',
  correlationId: 'c-1',
  causationId: null,
  runId: 'run-1',
  table: 'team_offense',
  dates: [{ date: '2023-10-24', inputFingerprint: 'code.data' }],
  mode: 'backfill',
  backfillId: 'bf-1',
  through: 'phase4',
};
const RESULT: Json = {
  date: '2023-10-24',
  status: 'success',
  inputFingerprint: 'code.data',
  rows: 4,
  expectedRows: 4,
  games: 2,
  expectedGames: 2,
  readyRows: 4,
  syntheticRows: 0,
  outputFingerprint: 'x',
};
const COMPLETED: Json = { ...RUN, kind: 'run_completed', eventId: 'completed:run-1', token: 1001, dates: [RESULT] };

interface Malformed {
  readonly what: string;
  readonly topic: string;
  readonly body: string;
  /** What the reason must name, so that a person finds the place. */
  readonly names: string;
}

/** For each field of a valid message, the ways in which it can be wrong. */
function variantsOf(message: Json, topic: string, kinds: Readonly<Record<string, readonly unknown[]>>): Malformed[] {
  return Object.entries(kinds).flatMap(([field, values]) =>
    values.map((value) => {
      const what = value === undefined ? `without ${field}` : `${field} = ${JSON.stringify(value)?.slice(0, 60)}`;
      return { what: `${topic}: ${what}`, topic, body: JSON.stringify({ ...message, [field]: value }), names: field };
    }),
  );
}

const WRONG_DATES = ['TODAY', '2023-02-30', '2023-13-01', '24.10.2023', '2023-10-24T00:00:00Z', '', 20231024, null, '1850-01-01'];

function malformedMessages(random: Random): Malformed[] {
  const request = 'nba-backfill-request';
  const run = runTopic('phase3', 'backfill');
  const done = completeTopic('phase3');
  const dated = { from: 'phase3', through: 'phase4' };
  return [
    ...variantsOf(REQUEST, request, {
      startDate: WRONG_DATES,
      endDate: [...WRONG_DATES.slice(0, 3), '2023-10-01'],
      season: ['2023-24'],
      from: ['phase1', 'phase6', 'PHASE3', 3, null],
      through: ['phase2', 'all', ''],
      tables: [[], 'team_offense', [''], [7], Array.from({ length: 101 }, () => 'team_offense')],
      only: ['some', true, null],
      restate: ['maybe', 1],
      force: ['yes', 1, null],
      maxInFlight: [0, -1, 65, 1.5, '2'],
      skipPreflight: [true, {}, { reason: '' }, { reason: 'x', approvedBy: 'y' }],
      dryRun: ['false'],
      requestedBy: ['', 'x'.repeat(501)],
      requestId: ['', ' padded', 'a/b', 'x'.repeat(129), 7],
      schemaVersion: [2, '1'],
      kind: ['backfillRequest'],
      phase: ['phase4'],
      generation: [1],
    }),
    { what: 'no dates at all', topic: request, body: JSON.stringify(dated), names: 'Say which dates' },
    { what: 'dates in two ways', topic: request, body: JSON.stringify({ ...dated, season: '2023-24', dates: ['2023-10-24'] }), names: 'exactly one' },
    { what: 'a start without an end', topic: request, body: JSON.stringify({ ...dated, startDate: '2023-10-24' }), names: 'endDate' },
    { what: 'an empty list of dates', topic: request, body: JSON.stringify({ ...dated, dates: [] }), names: 'dates' },
    { what: 'a list with one wrong date', topic: request, body: JSON.stringify({ ...dated, dates: ['2023-10-24', '2023-10-32'] }), names: 'dates.1' },
    { what: 'seasons that do not follow each other', topic: request, body: JSON.stringify({ ...dated, season: '2023-25' }), names: 'season' },
    { what: 'a table that does not exist', topic: request, body: JSON.stringify({ ...REQUEST, tables: ['no_such_table'] }), names: 'There is no table no_such_table' },
    { what: 'a table outside the phases', topic: request, body: JSON.stringify({ ...REQUEST, from: 'phase2', through: 'phase2', tables: ['team_offense'] }), names: 'in the phases phase2 to phase2' },
    ...['', 'null', '[]', '42', '"a text"', '{', '{"startDate":', '<xml/>', '\u0000', 'undefined'].map((body) => ({ what: `the body ${JSON.stringify(body)}`, topic: request, body, names: 'The message' })),
    ...variantsOf(RUN, run, {
      runId: [undefined, '', 'run-that-never-was'],
      dates: [undefined, [], [{}], [{ date: 'TODAY', inputFingerprint: 'x' }], [{ date: '2023-10-24' }], 'all', Array.from({ length: 251 }, () => ({ date: '2023-10-24', inputFingerprint: 'x' }))],
      mode: [undefined, 'manual'],
      through: [undefined, 'phase9'],
      table: [undefined, '', 'no_such_table'],
      schemaVersion: [undefined, 0, 2],
      kind: ['run_completed'],
      sport: ['mlb'],
    }).map((variant) => (variant.names === 'runId' && variant.body.includes('never-was') ? { ...variant, names: 'There is no run' } : variant.body.includes('no_such_table') ? { ...variant, names: 'There is no table' } : variant)),
    ...variantsOf(COMPLETED, done, {
      dates: [undefined, [], [{ ...RESULT, status: 'great' }], [{ ...RESULT, rows: -1 }], [{ ...RESULT, rows: 1.5 }], [{ ...RESULT, outputFingerprint: undefined }], [{ ...RESULT, game_date: null }]],
      token: [undefined, -1, '1'],
      table: ['no_such_table'],
      causationId: [undefined, ''],
    }).map((variant) => (variant.body.includes('no_such_table') ? { ...variant, names: 'There is no table' } : variant)),
    ...variantsOf({}, 'nba-sweep', { reconcile: ['yes'], everything: [true] }),
    ...Array.from({ length: 20 }, (_, i): Malformed => ({ what: `noise ${i}`, topic: request, body: broken(JSON.stringify(REQUEST), random), names: '' })),
  ];
}

/** A valid message with a piece cut out of its middle, so that it is no JSON any more. */
function broken(text: string, random: Random): string {
  for (;;) {
    const at = random.below(text.length - 2);
    const cut = text.slice(0, at) + text.slice(at + 1 + random.below(6));
    try {
      JSON.parse(cut);
    } catch {
      return cut;
    }
  }
}

const ALL = malformedMessages(makeRandom('malformed'));

describe('malformed messages', () => {
  it('are of at least 100 kinds', () => {
    expect(ALL.length).toBeGreaterThanOrEqual(100);
  });

  it.each(ALL)('$what is set aside with a reason, and nothing else changes', async ({ topic, body, names }) => {
    const world = makeWorld({ from: await builtWorld() });
    const before = documentsOf(world);
    await world.publish(topic, body);
    await world.run();
    const letters = await deadLettersIn(world);
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({ topic, body, attempts: 1, replayedAt: null });
    expect(letters[0]?.reason).toContain(names);
    expect(letters[0]?.reason.length).toBeGreaterThan(10);
    expect(documentsOf(world)).toEqual(before);
    expect(world.bus.backlog().size).toBe(0);
  });

  it('do not hold up others', async () => {
    const world = makeWorld({ from: await builtWorld() });
    for (const { topic, body } of ALL.slice(0, 40)) await world.publish(topic, body);
    const id = await world.request({ season: '2023-24' });
    await world.run();
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(await deadLettersIn(world)).toHaveLength(40);
  });
});

/** Every document but the dead letters. */
function documentsOf(world: World): [string, unknown][] {
  return [...world.store.dump()].filter(([path]) => !path.startsWith('dead_letters/')).sort(([a], [b]) => (a < b ? -1 : 1));
}
