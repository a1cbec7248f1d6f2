import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient, openWorker } from '../../functions/targets/embedded/client.ts';
import { requestBackfill } from '../../functions/handlers/request-backfill.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import { PARTITION_STATUSES } from '../../shared/domain/partition.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import { drawnOf } from '../support/draw.ts';
import { byProof } from '../support/proof.ts';
import { copyOf, newFolder, removeFolders } from '../support/homes.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { builtLeague, OPENING_NIGHT, rawLeague, SEASON, tinyFiles } from '../support/tiny-league.ts';
import { readConfig } from '../../shared/config.ts';

const PHASE3 = [
  'player_game_summary',
  'team_defense_game_summary',
  'team_offense_game_summary',
  'upcoming_player_game_context',
  'upcoming_team_game_context',
];
const PHASE4 = [
  'ml_feature_store_v2',
  'player_composite_factors',
  'player_daily_cache',
  'player_season_carry',
  'player_shot_zone_analysis',
  'team_defense_zone_analysis',
];
/** The table that has one date in each season. */
const CARRY = 'player_season_carry';
const PHASE5 = [
  'player_prop_predictions',
  'prediction_accuracy',
  'prediction_inputs',
  'system_daily_performance',
];

type Json = Record<string, unknown>;

let files: string;
/** Raw tables only. */
let raw: string;
/** The tables of phases 2 to 4. */
let built: string;
let plan: Json;
let backfill: { code: number | null; document: Json; stderr: string };
let dates: string[];

beforeAll(async () => {
  files = tinyFiles();
  raw = await rawLeague();
  const league = await builtLeague();
  built = copyOf(league.folder);
  ({ plan, backfill } = league);
  const schedule = await cliJson<{ rows: { game_date: string }[] }>(
    built,
    'query',
    'SELECT DISTINCT game_date FROM nba_raw.nbac_schedule ORDER BY game_date',
  );
  dates = schedule.document.rows.map((row) => row.game_date);
});
afterAll(removeFolders);

/** What a plan says of a way on. */
interface WayOn {
  readonly way: string;
  readonly commands: readonly string[];
  readonly go: boolean;
  readonly runs: number;
  readonly coverage: Readonly<Record<'expected' | 'after', number>>;
  readonly inputsMissing: number;
}
/** What a plan says of seconds. */
type Band = Readonly<Record<'p50' | 'p90', number>>;

const phase4Dates = (): string[] => dates.filter((date) => date >= '2021-11-02');
/** How many dates a computed table has. */
const datesOf = (table: string): number =>
  table === CARRY ? 1 : PHASE3.includes(table) ? dates.length : phase4Dates().length;

/** Partitions that a backfill has built, by what it says of its tables. */
const doneIn = ({ tables }: Json): number =>
  (tables as readonly { readonly done: number }[]).reduce((sum, { done }) => sum + done, 0);

describe('what scripts rely on', () => {
  it('plan says dates, tables, runs and an estimate, and nothing is written', async () => {
    expect(plan).toMatchObject({
      dates: {
        requested: dates.length,
        processable: dates.length,
        bootstrap: dates.length - phase4Dates().length,
        unchanged: 0,
      },
      go: true,
      noGo: [],
    });
    const tables = plan['tables'] as {
      table: string;
      dates: number;
      batches: number;
      coverage: Record<'expected' | 'now' | 'after', number>;
    }[];
    expect(tables.map(({ table }) => table).sort()).toEqual([...PHASE3, ...PHASE4].sort());
    for (const { table, dates: planned, batches } of tables) {
      expect([table, planned]).toEqual([table, datesOf(table)]);
      // A small one that shows progress, and one that takes the rest.
      expect([table, batches]).toEqual([table, table === CARRY ? 1 : 2]);
    }
    expect(plan['runs']).toBe(tables.reduce((sum, { batches }) => sum + batches, 0));
    expect(plan['estimate']).toMatchObject({ bytes: 0, usd: 0 });
    const { document } = await cliJson<{ tables: { table: string; expected: number; present: number }[] }>(
      built,
      'coverage',
      ...['--start', OPENING_NIGHT, '--end', dates.at(-1) ?? ''],
    );
    for (const { table, coverage } of tables) {
      // Only its run finds that the season before is not loaded, and that it rightly has no rows.
      if (table === CARRY) continue;
      const { expected, present } = document.tables.find((each) => each.table === table) ?? {};
      expect([table, coverage]).toEqual([table, { expected, now: 0, after: present, stillMissing: [] }]);
    }
    const home = copyOf(raw);
    const before = await everything(home);
    await cli(home, 'plan', '--season', SEASON);
    await cli(home, 'backfill', '--season', SEASON, '--dry-run');
    expect(await everything(home)).toEqual(before);
  });

  it('preflight says whether a backfill from a phase on can run, by what it reads, and the backfill agrees', async () => {
    interface Preflight {
      readonly verdict: string;
      readonly criteria: readonly {
        name: string;
        weight: string;
        threshold: number;
        value: number | null;
        verdict: string;
        cure: string | null;
      }[];
      readonly tables: readonly {
        table: string;
        have: number;
        expected: number;
        pct: number;
        rowsPct: number | null;
        missing: string[];
      }[];
    }
    const asked = ['--start', phase4Dates()[0] ?? '', '--end', phase4Dates()[1] ?? ''];
    const ready = await cliJson<Preflight>(built, 'preflight', '--phase', '4', ...asked);
    expect([ready.code, ready.document.verdict]).toEqual([0, 'GO']);
    expect(ready.document.tables.map(({ table }) => table)).toEqual(
      expect.arrayContaining(['player_game_summary']),
    );
    expect(ready.document.tables.filter(({ missing }) => missing.length > 0)).toEqual([]);
    const home = copyOf(raw);
    const { code, document } = await cliJson<Preflight>(home, 'preflight', '--phase', '4', ...asked);
    expect([code, document.verdict]).toEqual([1, 'NO-GO']);
    const summaries = document.tables.find(({ table }) => table === 'player_game_summary');
    expect(summaries).toMatchObject({
      have: 0,
      pct: 0,
      rowsPct: null,
      missing: dates.slice(0, summaries?.expected),
    });
    expect(document.criteria).toContainEqual({
      ...{
        name: 'dates of player_game_summary',
        weight: 'critical',
        threshold: 100,
        value: 0,
        verdict: 'NO-GO',
      },
      cure: `fullcourt backfill --start ${dates[0] ?? ''} --end ${summaries?.missing.at(-1) ?? ''} --from phase3 --through phase3`,
    });
    const refused = await cliJson<Json>(home, 'backfill', '--from', 'phase4', ...asked);
    expect([refused.code, refused.document['state']]).toEqual([1, 'refused']);
    const letThrough = await cliJson<{ go: boolean }>(
      home,
      'plan',
      '--from',
      'phase4',
      ...asked,
      '--skip-preflight',
      '--reason',
      'a test',
    );
    expect([letThrough.code, letThrough.document.go]).toEqual([0, true]);
    const text = await cli(home, 'preflight', '--phase', '4', ...asked);
    expect(text.stdout).toMatch(
      /NO-GO dates of player_game_summary: 0, at least 100; cure it with: fullcourt backfill/,
    );
  });

  it('backfill says its id, state, dates, runs and seconds in one document, and progress elsewhere', () => {
    expect(backfill.code).toBe(0);
    const { document } = backfill;
    expect(document['backfillId']).toMatch(/^bf-[0-9a-f]{12}$/);
    expect(document).toMatchObject({
      state: 'done',
      dates: {
        asked: dates.length,
        built: dates.length,
        builtFirst: 0,
        unchanged: 0,
        failed: 0,
        leftOut: 0,
      },
      runs: plan['runs'],
    });
    expect(document['seconds']).toBeGreaterThan(0);
    expect(backfill.stderr).toMatch(/backfill: \d+ of 531 partitions/);
  });

  it('backfill for a person ends with a summary of tables, dates and pace', async () => {
    const home = copyOf(built);
    const asked = ['--dates', dates.slice(-2).join(','), '--force', '--through', 'phase4'];
    const { document } = await cliJson<{ estimate: { seconds: Band } }>(home, 'plan', ...asked);
    const { p50, p90 } = document.estimate.seconds;
    expect(p50).toBeGreaterThan(0);
    expect(p90).toBeGreaterThanOrEqual(p50);
    const { code, stdout, stderr } = await cli(home, 'backfill', ...asked);
    expect(code).toBe(0);
    const text = stdout + stderr;
    expect(text).toMatch(/ml_feature_store_v2\s+2\s+2\s+0\s+0/);
    expect(text).toMatch(/2 dates asked for: 2 built; 10 runs in [\d.]+ s, [\d ]+ dates an hour/);
    expect(text).toMatch(/Forecast when it began: [\d. ]+ to [\d. ]+ s/);
    const { document: kept } = await cliJson<{ forecast: Band }>(home, 'backfills', 'show', 'last');
    expect(kept.forecast).toEqual(document.estimate.seconds);
  });

  it('query knows every player with his id, lookup and teams', async () => {
    const { document } = await cliJson<{ rows: Json[] }>(
      built,
      'query',
      'SELECT * FROM nba_reference.nba_players_registry ORDER BY nba_player_id LIMIT 1',
    );
    expect(document.rows).toEqual([
      {
        nba_player_id: expect.any(Number) as number,
        player_lookup: expect.stringMatching(/^[a-z]+$/) as string,
        universal_player_id: expect.stringMatching(/^[a-z]+_\d+$/) as string,
        player_name: expect.any(String) as string,
        first_season: SEASON,
        last_season: SEASON,
        teams: expect.stringMatching(/^[A-Z]{3}(,[A-Z]{3})*$/) as string,
      },
    ]);
  });

  it('query gives rows', async () => {
    const { code, document } = await cliJson(
      built,
      'query',
      "SELECT game_id, home_points, season, neutral_site FROM nba_reference.nba_schedule JOIN nba_raw.nbac_schedule AS s USING (game_id, season) WHERE s.game_date = DATE '2021-10-19' ORDER BY game_id LIMIT 1".replace(
        'neutral_site',
        's.neutral_site',
      ),
    );
    expect(code).toBe(0);
    expect(document).toEqual({
      rows: [
        {
          game_id: expect.stringMatching(/^20211019_[A-Z]{3}_[A-Z]{3}$/) as string,
          home_points: expect.any(Number) as number,
          season: SEASON,
          neutral_site: false,
        },
      ],
    });
    const none = await cliJson(
      built,
      'query',
      'SELECT game_id FROM nba_raw.nbac_schedule WHERE home_team_abbr IS NULL',
    );
    expect(none.document).toEqual({ rows: [] });
    const text = await cli(built, 'query', 'SELECT COUNT(*) AS games FROM nba_raw.nbac_schedule');
    expect(text.stdout).toMatch(/games\n\s*90\n\n1 row\n/);
  });

  it('query gives the rows as they were known at a time, of the dates that are named and no others', async () => {
    const sql =
      'SELECT game_date, COUNT(*) AS games, COUNT(home_points) AS final FROM nba_reference.nba_schedule GROUP BY 1 ORDER BY 1';
    const [first = '', second = ''] = dates;
    const noon = `${second}T16:00:00Z`;
    const then = ['--as-known-at', noon, '--start', first, '--end', second];
    const asked = await cliJson<{ rows: { game_date: string; games: number; final: number }[] }>(
      built,
      ...['query', sql, ...then],
    );
    expect([asked.code, asked.stderr]).toEqual([0, '']);
    const games = asked.document.rows.map((row) => row.games);
    expect(asked.document.rows).toEqual([
      { game_date: first, games: games[0], final: games[0] },
      { game_date: second, games: games[1], final: 0 },
    ]);
    const summary = 'SELECT COUNT(DISTINCT game_date) AS dates FROM nba_analytics.player_game_summary';
    const { document, stderr } = await cliJson(built, 'query', summary, ...then);
    expect(document).toEqual({ rows: [{ dates: 1 }] });
    expect(stderr).toBe(`player_game_summary was not there on ${second}: not_played\n`);
  });

  it('coverage says unit, range and, for each table, numerators and denominators', async () => {
    const { code, document } = await cliJson<Json>(
      built,
      'coverage',
      '--start',
      '2021-10-01',
      '--end',
      '2022-06-30',
    );
    expect(code).toBe(0);
    expect(document).toMatchObject({
      unit: 'dates',
      start: '2021-10-01',
      end: '2022-06-30',
      unknownSeasons: [],
    });
    const all = document['tables'] as Json[];
    expect(all.find(({ table }) => table === 'nbac_player_boxscores')).toMatchObject({
      phase: 'phase2',
      expected: dates.length,
      present: dates.length,
      missing: [],
    });
    const ofPhase5 = all.filter(({ phase }) => phase === 'phase5');
    expect(ofPhase5.map(({ table, present }) => [table, present])).toEqual(
      expect.arrayContaining(PHASE5.map((table) => [table, 0])),
    );
    const tables = all.filter(({ phase }) => phase === 'phase3' || phase === 'phase4');
    expect(tables.map(({ table }) => String(table)).sort()).toEqual([...PHASE3, ...PHASE4].sort());
    // No season before is known, so the opening night is rightly empty.
    const carry = tables.find(({ table }) => table === CARRY);
    expect(carry).toMatchObject({ expected: 0, present: 0, missing: [], pct: null });
    expect(carry?.['excluded']).toEqual(
      dates.map((date) => ({
        date,
        reason: date === OPENING_NIGHT ? 'no_previous_season' : 'not_opening_night',
      })),
    );
    for (const each of tables.filter(({ table }) => table !== CARRY)) {
      const isPhase3 = PHASE3.includes(String(each['table']));
      const expected = isPhase3 ? dates.length : phase4Dates().length;
      expect(each).toMatchObject({
        phase: isPhase3 ? 'phase3' : 'phase4',
        expected,
        present: expected,
        missing: [],
        pct: 100,
      });
      expect(each['excluded']).toEqual(
        isPhase3
          ? []
          : dates
              .filter((date) => date < '2021-11-02')
              .map((date) => ({ date, reason: 'bootstrap_period_day_0_13_of_season_2021' })),
      );
      for (const counts of [each['games'], each['rows']])
        expect(counts).toMatchObject({ expected: expect.any(Number) as number });
      expect(each['readyPct']).toBeGreaterThan(75);
      expect(each['syntheticPct']).toBe(0);
    }
  });

  it('coverage by date, week and season adds up', async () => {
    for (const [by, groups] of [
      ['date', dates.length],
      ['season', 1],
    ] as const) {
      const { document } = await cliJson<{
        by: string;
        groups: { group: string; tables: { present: number }[] }[];
      }>(built, 'coverage', '--start', '2021-10-01', '--end', '2022-06-30', '--by', by);
      expect(document.by).toBe(by);
      expect(document.groups).toHaveLength(groups);
      expect(document.groups.reduce((sum, group) => sum + (group.tables[0]?.present ?? 0), 0)).toBe(
        dates.length,
      );
    }
    const weeks = await cliJson<{ groups: { group: string }[] }>(
      built,
      'coverage',
      '--start',
      '2021-10-01',
      '--end',
      '2022-06-30',
      '--by',
      'week',
    );
    expect(weeks.document.groups.every(({ group }) => new Date(`${group}T00:00:00Z`).getUTCDay() === 1)).toBe(
      true,
    );
  });

  it('coverage --missing names what is missing, with exit code 1, also as CSV', async () => {
    const { code, document } = await cliJson<{ missing: Json[] }>(
      raw,
      'coverage',
      '--start',
      OPENING_NIGHT,
      '--end',
      OPENING_NIGHT,
      '--missing',
    );
    expect(code).toBe(1);
    expect(document.missing.map(({ table }) => String(table)).sort()).toEqual([...PHASE3, CARRY].sort());
    const csv = await cli(
      raw,
      'coverage',
      '--start',
      OPENING_NIGHT,
      '--end',
      OPENING_NIGHT,
      '--missing',
      '--csv',
    );
    expect(csv.stdout.trim().split('\n').sort()).toEqual(
      [...[...PHASE3, CARRY].map((table) => `${table},${OPENING_NIGHT}`), 'table,date'].sort(),
    );
    expect(
      (await cli(built, 'coverage', '--start', OPENING_NIGHT, '--end', OPENING_NIGHT, '--missing')).code,
    ).toBe(0);
  });

  it('coverage, plan, restatements and a backfill name seasons of which nothing is known, with exit code 1', async () => {
    const range = ['--start', '2019-12-01', '--end', OPENING_NIGHT];
    const unknown = ['2019-20', '2020-21'];
    const coverage = await cliJson<Json>(built, 'coverage', ...range);
    expect([coverage.code, coverage.document['unknownSeasons']]).toEqual([1, unknown]);
    const plan = await cliJson<Json>(built, 'plan', ...range);
    expect([plan.code, plan.document['unknownSeasons']]).toEqual([1, unknown]);
    const missing = await cli(built, 'coverage', ...range, '--missing');
    expect(missing.code).toBe(1);
    expect(missing.stdout).toContain('nothing is known of 2019-20, 2020-21');
    const restated = await cliJson<Json>(built, 'restatements', ...range);
    expect([restated.code, restated.document['unknownSeasons']]).toEqual([1, unknown]);
    const home = copyOf(built);
    const predicted = await cli(home, 'predict', '--date', '2019-12-25');
    expect([predicted.code, predicted.stdout]).toEqual([
      1,
      expect.stringMatching(/^Nobody is predicted for 2019-12-25: NO-GO: no schedule is known for these\s/),
    ]);
    const backfill = await cliJson<Json>(home, 'backfill', ...range);
    expect(backfill.code).toBe(1);
    expect(backfill.document).toMatchObject({
      state: 'done_with_failures',
      verdict: 'every planned partition is built, but nothing is known of 2019-20, 2020-21',
      dates: { asked: 1, built: 0, unchanged: 1, failed: 0, leftOut: 0 },
      runs: 0,
    });
  });

  it('a backfill of late dates counts the dates before them apart', async () => {
    const asked = dates.slice(20, 22);
    const { document } = await cliJson<{ dates: Record<string, number> }>(
      copyOf(raw),
      'backfill',
      '--dates',
      asked.join(','),
    );
    expect(document.dates).toEqual({
      asked: 2,
      built: 2,
      builtFirst: 20,
      unchanged: 0,
      failed: 0,
      leftOut: 0,
      open: 0,
    });
  });

  it('status of a date says of each table status, revision, rows, mode, run and what it waits for', async () => {
    const date = dates.at(-1) ?? '';
    const { code, document } = await cliJson<{
      date: string;
      phases: Record<string, { tables: Record<string, Json> }>;
    }>(built, 'status', '--date', date);
    expect(code).toBe(0);
    expect(document.date).toBe(date);
    expect(Object.keys(document.phases)).toEqual(['phase2', 'phase3', 'phase4']);
    expect(Object.keys(document.phases['phase3']?.tables ?? {}).sort()).toEqual(PHASE3);
    for (const state of Object.values(document.phases['phase4']?.tables ?? {})) {
      expect(state).toMatchObject({
        status: 'success',
        revision: 1,
        mode: 'backfill',
        waitingFor: [],
        expectedRows: state['rows'],
      });
      expect(state['runId']).toMatch(/^run-/);
      expect(PARTITION_STATUSES).toContain(state['status']);
    }
    const nothing = await cliJson<Json>(built, 'status', '--date', '2021-08-01');
    expect(nothing).toMatchObject({ code: 0, document: { date: '2021-08-01', phases: {} } });
  });

  it('status --why says what a table waits for, and that it is up to date', async () => {
    const current = await cliJson<Json>(
      built,
      'status',
      '--date',
      dates.at(-1) ?? '',
      '--why',
      'ml_feature_store_v2',
    );
    expect(current.document).toMatchObject({
      cells: [{ lastRun: { attempt: 1 }, inputs: expect.any(Array) as unknown[] }],
    });
    const blocked = await cliJson<Json>(
      raw,
      'status',
      '--date',
      dates.at(-1) ?? '',
      '--why',
      'ml_feature_store_v2',
    );
    expect(blocked.document).toMatchObject({
      cells: [
        {
          ...{ table: 'ml_feature_store_v2', date: dates.at(-1), status: 'blocked' },
          causes: expect.arrayContaining([
            {
              ...{ kind: 'missing', table: 'team_offense_game_summary', date: OPENING_NIGHT },
              detail: 'it is not there, and nobody has asked for it',
              cure: `fullcourt backfill --dates ${OPENING_NIGHT},${dates.at(-1)} --tables team_offense_game_summary --through phase4`,
            },
          ]) as unknown[],
        },
      ],
    });
    const left = await cliJson<Json>(raw, 'status', '--date', OPENING_NIGHT, '--why', 'ml_feature_store_v2');
    expect(left.document).toMatchObject({
      cells: [
        {
          status: 'excluded',
          causes: [{ kind: 'excluded', detail: 'bootstrap_period_day_0_13_of_season_2021', cure: null }],
        },
      ],
    });
  });

  it('restatements name the later dates and why', async () => {
    const date = dates[20] ?? '';
    const { code, document } = await cliJson<{
      dates: string[];
      affected: { table: string; dates: string[]; because: string }[];
    }>(built, 'restatements', '--start', date, '--end', date);
    expect(code).toBe(0);
    expect(document.dates).toEqual([date]);
    expect(document.affected.map(({ table }) => table).sort()).toEqual(
      [...PHASE3, ...PHASE4, ...PHASE5].filter((table) => table !== CARRY).sort(),
    );
    const of = (name: string) => document.affected.find(({ table }) => table === name);
    expect(of('player_game_summary')).toMatchObject({ dates: [date] });
    expect(of('player_daily_cache')?.dates).toEqual(dates.filter((each) => each > date));
    expect(of('player_shot_zone_analysis')?.because).toContain(
      'player_game_summary (last 20 games of each player)',
    );
  });

  it('backfills lists and shows, and says what went on', async () => {
    const { document: list } = await cliJson<{ backfills: Json[] }>(built, 'backfills');
    expect(list.backfills.map((each) => each['backfillId'])).toContain(backfill.document['backfillId']);
    const { code, document } = await cliJson<Json>(
      built,
      'backfills',
      'show',
      String(backfill.document['backfillId']),
    );
    expect(code).toBe(0);
    expect(document).toMatchObject({
      backfillId: backfill.document['backfillId'],
      state: 'done',
      runs: plan['runs'],
      dates: { failed: 0 },
    });
  });

  it('--dates takes a list and @FILE', async () => {
    const wanted = [dates[30], dates[31]];
    const list = join(newFolder(), 'dates.txt');
    writeFileSync(list, `${wanted.join('\n')}\n`);
    for (const given of [wanted.join(','), `@${list}`]) {
      const { document } = await cliJson<Json>(
        built,
        'plan',
        '--dates',
        given,
        '--force',
        '--through',
        'phase3',
      );
      expect(document).toMatchObject({ dates: { requested: 2, processable: 2 }, runs: 5 });
    }
  });

  it('start does the main job from files and ends with coverage and a completion document', async () => {
    const folder = newFolder();
    const few = tinyFiles({ through: '2021-11-06' });
    const { code, document } = await cliJson<Json>(folder, 'start', '--data', few, '--exit');
    expect(code).toBe(0);
    expect(document).toMatchObject({
      loaded: { rejected: 0 },
      backfill: { state: 'done' },
      coverage: { unit: 'dates' },
      slate: { date: '2021-11-06', modelId: null, gate: [] },
    });
    const covered = (document['coverage'] as { tables: Json[] }).tables;
    const isCounted = ({ phase, table }: Json): boolean => phase !== 'phase2' && table !== CARRY;
    expect(covered.filter(isCounted).map(({ pct }) => pct)).toEqual(Array.from({ length: 14 }, () => 100));
    expect((document['completion'] as { documents: Json[] }).documents.map(({ phase }) => phase)).toEqual([
      'phase2',
      'phase3',
      'phase4',
      'phase5',
    ]);
    const again = await cli(folder, 'start', '--data', few, '--exit');
    expect([again.code, again.stderr]).toEqual([0, expect.not.stringMatching(/Backfill bf-|3\. The tables/)]);
    expect(again.stdout).toMatch(
      /^Backfill bf-\w+: done [^]* 0 built, \d+ unchanged; 0 runs [^]*3\. The tables after the backfill\nCoverage [^]*4\. A slate: 2021-11-06\n\d+ players of 2021-11-06;/,
    );
  });
});

describe('steering', () => {
  it('pauses and resumes: what is under way is finished, nothing more is asked for until it resumes', async () => {
    const { home, id } = await halfWay(raw);
    const paused = await cliJson<Json>(home, 'backfills', 'pause', id);
    expect(paused).toMatchObject({ code: 0, document: { backfillId: id, state: 'paused' } });
    const during = await cliJson<Json>(home, 'backfills', 'show', id);
    expect(during.document).toMatchObject({ state: 'paused' });
    expect(Number(during.document['runs'])).toBeLessThan(Number(plan['runs']));
    expect((await cli(home, 'backfills', 'pause', id)).code).toBe(2);

    const resumed = await cliJson<Json>(home, 'backfills', 'resume', id);
    expect(resumed).toMatchObject({
      code: 0,
      document: { backfillId: id, state: 'done', runs: plan['runs'] },
    });
  });

  it('cancels: it ends as cancelled, and a new request goes on from there', async () => {
    const { home, id } = await halfWay(raw);
    expect(await cliJson<Json>(home, 'backfills', 'cancel', id)).toMatchObject({
      code: 0,
      document: { state: 'cancelled' },
    });
    const { document } = await cliJson<Json>(home, 'backfills', 'show', id);
    expect(document['state']).toBe('cancelled');
    expect(document['finishedAt']).not.toBeNull();
    const builtBefore = doneIn(document);
    expect(builtBefore).toBeGreaterThan(0);
    expect((await cli(home, 'backfills', 'resume', id)).code).toBe(2);
    const again = await cliJson<Json>(home, 'backfill', '--season', SEASON, '--through', 'phase4');
    expect(again).toMatchObject({ code: 0, document: { state: 'done' } });
    const planned = plan['tables'] as readonly { readonly dates: number }[];
    expect(builtBefore + doneIn(again.document)).toBe(planned.reduce((sum, each) => sum + each.dates, 0));
  });

  it('a published request that nobody watches is done by the next command that works', async () => {
    const home = copyOf(raw);
    const { document } = await cliJson<Json>(
      home,
      'backfill',
      '--dates',
      dates[0] ?? '',
      '--through',
      'phase3',
      '--no-watch',
    );
    expect(document).toMatchObject({ state: 'requested' });
    const waiting = await cli(home, 'backfills', 'show', String(document['backfillId']));
    expect(waiting.code).toBe(2);
    expect(waiting.stderr).toContain('1 published request waits for a process');
    await cliJson<Json>(home, 'backfill', '--dates', dates[1] ?? '', '--through', 'phase3');
    const shown = await cliJson<Json>(home, 'backfills', 'show', String(document['backfillId']));
    expect(shown.document).toMatchObject({ state: 'done' });
  });

  it('watching begins with a request that nobody has taken, by its id and as the last one', async () => {
    const home = copyOf(raw);
    const day = ['backfill', '--dates', dates[0] ?? '', '--through', 'phase3', '--no-watch'];
    for (const asked of ['last', 'by id']) {
      const published = await cli(home, ...day);
      expect(published.stdout).toMatch(
        /^The request is published as backfill bf-\w+; nobody works on this home now, go on with: /,
      );
      const id = /bf-\w+/.exec(published.stdout)?.[0] ?? '';
      const watched = await cli(home, 'backfills', 'watch', asked === 'last' ? asked : id);
      expect([watched.code, watched.stdout.split('\n')[0]]).toEqual([
        0,
        `Backfill ${id}: done (every planned partition is built)`,
      ]);
    }
  });

  it('retry of a backfill without failures has nothing to do', async () => {
    const { code, document } = await cliJson<Json>(
      copyOf(built),
      'backfills',
      'retry',
      String(backfill.document['backfillId']),
    );
    expect({ code, document }).toMatchObject({ code: 0, document: { retried: 0 } });
  });
});

describe('exit code 2 and one clear line', () => {
  const BACKFILL = ['backfill', '--start', OPENING_NIGHT, '--end', '2021-10-25'] as const;
  const wrong: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
    ['an unknown command', ['frobnicate'], /unknown command/],
    [
      'an unknown flag',
      ['coverage', '--start', OPENING_NIGHT, '--end', OPENING_NIGHT, '--colour'],
      /unknown option/,
    ],
    ['no dates', ['backfill'], /Say which dates/],
    ['half a range', ['backfill', '--start', OPENING_NIGHT], /--start needs --end/],
    [
      'two ways of saying dates',
      [...BACKFILL, '--season', SEASON],
      /exactly one of: --start and --end, --dates, --season/,
    ],
    [
      'an end before the start',
      ['backfill', '--start', '2021-10-25', '--end', OPENING_NIGHT],
      /--end 2021-10-19 is before --start/,
    ],
    [
      'a word for a date',
      ['backfill', '--start', 'TODAY', '--end', OPENING_NIGHT],
      /"TODAY" is not a calendar date/,
    ],
    [
      'a date that does not exist',
      ['backfill', '--dates', '2022-02-30'],
      /"2022-02-30" is not a calendar date/,
    ],
    ['a file of dates that is not there', ['backfill', '--dates', '@/nowhere/dates'], /cannot be read/],
    ['no season', ['backfill', '--season', '2021-23'], /season/],
    ['an unknown phase', [...BACKFILL, '--from', 'phase9'], /must be one of phase2/],
    ['phases in the wrong order', [...BACKFILL, '--from', 'phase4', '--through', 'phase3'], /comes before/],
    [
      'an unknown table',
      [...BACKFILL, '--tables', 'nope'],
      /--tables: There is no table nope; `fullcourt tables` lists them/,
    ],
    [
      'a table outside the phases',
      ['plan', '--season', SEASON, '--tables', 'ml_feature_store_v2', '--through', 'phase3'],
      /None of ml_feature_store_v2 is in the phases/,
    ],
    ['an unknown choice', [...BACKFILL, '--only', 'new'], /must be one of all, missing, failed, stale/],
    ['an unknown restatement', [...BACKFILL, '--restate', 'maybe'], /must be one of auto, mark, none/],
    ['no number', [...BACKFILL, '--max-in-flight', 'many'], /must be a whole number/],
    ['a bypass without a reason', [...BACKFILL, '--skip-preflight'], /needs --reason/],
    ['a project that is not named', ['status', '--target', 'gcp'], /FULLCOURT_PROJECT: the target gcp needs/],
    [
      'emulators that do not run',
      ['status', '--target', 'emulator'],
      /No emulators run on .*serve --target emulator/,
    ],
    ['an unknown target', ['status', '--target', 'moon'], /--target must be one of embedded, emulator, gcp/],
    ['an unknown backfill', ['backfills', 'show', 'bf-0'], /There is no backfill bf-0/],
    ['an unknown dead letter', ['dead-letters', 'show', 'dl-0'], /There is no dead letter dl-0/],
    ['why without a date', ['status', '--why', 'player_game_summary'], /--why needs --date/],
    [
      'why of an unknown table',
      ['status', '--date', OPENING_NIGHT, '--why', 'nope'],
      /There is no table nope/,
    ],
    ['coverage without an end', ['coverage', '--start', OPENING_NIGHT], /--start needs --end/],
    [
      'coverage by the moon',
      ['coverage', '--start', OPENING_NIGHT, '--end', OPENING_NIGHT, '--by', 'moon'],
      /--by must be one of date, week, season, not "moon"/,
    ],
    [
      'restatements backwards',
      ['restatements', '--start', '2021-11-01', '--end', OPENING_NIGHT],
      /is before --start/,
    ],
    [
      'restatements through no phase',
      ['restatements', '--start', OPENING_NIGHT, '--end', OPENING_NIGHT, '--through', 'x'],
      /--through must be one of/,
    ],
    ['no SQL', ['query'], /missing required argument/],
    [
      'SQL that changes something',
      ['query', 'DELETE FROM nba_raw.nbac_schedule'],
      /Only a SELECT can be asked/,
    ],
    [
      'dates of a query without a time',
      ['query', 'SELECT 1', '--dates', OPENING_NIGHT],
      /--dates has no effect without --as-known-at/,
    ],
    [
      'a time of a query without dates',
      ['query', 'SELECT 1', '--as-known-at', '2021-11-01T00:00:00Z'],
      /--as-known-at needs the game dates that are read, with exactly one of: --dates, --start and --end/,
    ],
    [
      'a time without a zone',
      ['query', 'SELECT 1', '--as-known-at', '2021-11-01T00:00:00', '--dates', OPENING_NIGHT],
      /--as-known-at must be a time such as 2024-01-26T18:30:00Z, not "2021-11-01T00:00:00"/,
    ],
    [
      'what will be known',
      ['query', 'SELECT 1', '--as-known-at', '2999-01-01T00:00:00Z', '--dates', OPENING_NIGHT],
      /--as-known-at 2999-01-01T00:00:00Z lies in the future/,
    ],
    [
      'what was known of runs',
      [
        ...['query', 'SELECT COUNT(*) FROM nba_reference.row_changes, nba_raw.nbac_schedule'],
        ...['--as-known-at', '2021-11-01T00:00:00Z', '--dates', OPENING_NIGHT],
      ],
      /nba_reference\.row_changes cannot be asked here: nothing of it is shown/,
    ],
    ['SQL of an unknown table', ['query', 'SELECT x FROM nba_raw.nope'], /nope/],
    ['no folder', ['import', '--from', '/nowhere'], /cannot be read/],
    ['no season to import', ['import', '--from', '.', '--season', '2021'], /must be a season/],
    ['no number of seasons', ['simulate', '--seasons', 'two'], /--seasons must be a whole number/],
    ['no port', ['serve', '--port', 'x'], /--port must be/],
  ];

  const some = drawnOf(wrong, byProof({ small: 10, ci: 40, all: wrong.length }), 'wrong commands');
  it.each(some)('%s', async (_what, args, says) => {
    const { code, stdout, stderr } = await cli(built, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
    const lines = stderr
      .trim()
      .split('\n')
      .filter((line) => line !== '' && line !== '(see fullcourt --help)');
    expect(lines).toHaveLength(1);
  });

  it('none of it left a trace', async () => {
    const { document } = await cliJson<{
      backfills: { total: number; active: unknown[] };
      deadLetters: number;
      backlog: Json;
    }>(built, 'status');
    expect(document).toMatchObject({ backfills: { active: [] }, deadLetters: 0, backlog: {} });
    expect(await cliJson<Json>(built, 'plan', '--season', SEASON, '--through', 'phase4')).toMatchObject({
      document: { runs: 0 },
    });
  });
});

describe('exit codes 0 and 1', () => {
  it('help and version are answers', async () => {
    for (const args of [['--help'], ['backfill', '--help'], ['backfills', '--help'], ['--version']]) {
      const { code, stdout } = await cli(built, ...args);
      expect([args, code]).toEqual([args, 0]);
      expect(stdout).not.toBe('');
    }
  });

  it('a request whose inputs are missing is a NO-GO: 1, for plan and backfill alike, with the command that fills them', async () => {
    const args = ['--dates', dates.at(-1) ?? '', '--from', 'phase4', '--through', 'phase4'] as const;
    const looked = await cliJson<{ go: boolean; noGo: Json[] }>(copyOf(raw), 'plan', ...args);
    expect(looked).toMatchObject({ code: 1, document: { go: false } });
    expect(looked.document.noGo.find(({ table }) => table === 'player_game_summary')).toMatchObject({
      phase: 'phase3',
      what: expect.stringContaining('fullcourt backfill --start 2021-10-19') as string,
    });
    const home = copyOf(raw);
    const asked = await cliJson<Json>(home, 'backfill', ...args);
    expect(asked).toMatchObject({ code: 1, document: { state: 'refused', runs: 0 } });
  });

  it('a NO-GO has its ways on side by side, and the first of them is a GO with the runs that it says', async () => {
    const date = dates.at(-1) ?? '';
    const home = copyOf(raw);
    const { document } = await cliJson<{ runs: number; ways: WayOn[] }>(
      home,
      ...['plan', '--dates', date, '--from', 'phase4', '--through', 'phase4'],
    );
    const [all, anyway] = document.ways;
    expect(document.ways.map(({ way, go }) => [way, go])).toEqual([
      ['fill everything first', true],
      ['run anyway', true],
    ]);
    expect(all?.commands).toEqual([`fullcourt backfill --dates ${date} --from phase3 --through phase4`]);
    expect(anyway?.commands[0]).toContain(' --skip-preflight --reason TEXT');
    expect(anyway?.runs).toBe(document.runs);
    expect(all?.inputsMissing).toBe(0);
    expect(anyway?.inputsMissing).toBeGreaterThan(0);
    for (const { coverage } of document.ways) expect(coverage.after).toBe(coverage.expected);
    const [, ...command] = all?.commands[0]?.split(' ') ?? [];
    const planned = await cliJson<{ go: boolean; runs: number; ways: WayOn[] }>(
      home,
      ...command,
      '--dry-run',
    );
    expect(planned).toMatchObject({ code: 0, document: { go: true, runs: all?.runs, ways: [] } });
    expect((await cli(home, 'plan', '--dates', date, '--from', 'phase4')).stdout).toMatch(
      /fill everything first: `fullcourt backfill --dates \S+ --from phase3`/,
    );
  });

  it('dates without games are nothing to do: 1, and says so', async () => {
    const { code, stdout, stderr } = await cli(built, 'plan', '--start', '2021-08-01', '--end', '2021-08-31');
    expect(code).toBe(1);
    expect(stdout).toMatch(/\nNO-GO: 0 runs/);
    expect(stderr).toMatch(/NO-GO: (?:there are no scheduled games on|no schedule is known for) these dates/);
  });

  it('a bad row of a file is rejected with file, line and reason, and the rest loads', async () => {
    const folder = tinyFiles({ through: OPENING_NIGHT });
    const box = join(folder, 'player_box_2021-22.csv');
    const [head = '', first = '', ...others] = readFileSync(box, 'utf8').trimEnd().split('\n');
    const columns = head.split(',');
    const broken = first
      .split(',')
      .map((cell, i) =>
        columns[i] === 'player_id'
          ? '999'
          : columns[i] === 'player_name'
            ? 'Nobody Known'
            : columns[i] === 'pts'
              ? '-3'
              : cell,
      );
    appendFileSync(box, `${broken.join(',')}\n`);
    const home = newFolder();
    const { code, document } = await cliJson<{ rejected: number; rows: Json }>(
      home,
      'import',
      '--from',
      folder,
    );
    expect({ code, ...document }).toMatchObject({
      code: 0,
      rejected: 1,
      rows: { nbac_player_boxscores: 1 + others.length },
    });
    const { document: rejects } = await cliJson<{ total: number; rejects: Json[] }>(home, 'rejects');
    expect(rejects).toMatchObject({
      total: 1,
      rejects: [{ file: 'player_box_2021-22.csv', line: 3 + others.length, reason: 'pts is negative: -3' }],
    });
  });

  it('a file of which no row is accepted fails the import: 1, with the first reason', async () => {
    const folder = join(newFolder(), 'files');
    mkdirSync(folder);
    for (const kind of ['schedule', 'player_box']) {
      const text = readFileSync(join(files, `${kind}_2021-22.csv`), 'utf8');
      const [head = '', ...rows] = text.trimEnd().split('\n');
      const at = head.split(',').indexOf('pts');
      const broken = rows.map((row) => row.split(',').with(at, 'a few').join(','));
      writeFileSync(
        join(folder, `${kind}_2021-22.csv`),
        kind === 'schedule' ? text : [head, ...broken].join('\n'),
      );
    }
    const { code, document } = await cliJson<{ failed: string[] }>(newFolder(), 'import', '--from', folder);
    expect(code).toBe(1);
    expect(document.failed[0]).toBe(
      'player_box_2021-22.csv: none of its rows was accepted, 1932 were refused; the first is line 2: pts is "a few", which is not a whole number',
    );
  });
});

/** A home in which a backfill of the season has asked for its first runs and nothing has been computed. */
async function halfWay(home: string): Promise<{ home: string; id: string }> {
  const folder = copyOf(home);
  const client = openClient({ ...readConfig({}), home: folder });
  const worker = await openWorker(client, 'test');
  if (worker === undefined) throw new Error('the home is in use');
  const request: BackfillRequest = {
    season: SEASON,
    through: 'phase4',
    requestId: 'half-way',
    maxInFlight: 1,
  };
  await requestBackfill(worker.context, request, 'm1');
  await worker.close();
  client.close();
  return { home: folder, id: backfillIdOf(request, 'm1') };
}

/** Every document of a home and how many rows its tables have. */
async function everything(home: string): Promise<unknown> {
  const client = openClient({ ...readConfig({}), home });
  const found: unknown[] = [];
  for (const collection of [
    'backfills',
    'runs',
    'outbox',
    'dead_letters',
    'phase2_completion',
    'phase3_completion',
    'phase4_completion',
    'calendars',
  ]) {
    found.push([collection, await client.store.list(collection)]);
  }
  found.push([...client.bus.backlog()]);
  client.close();
  return found;
}
