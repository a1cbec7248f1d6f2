/** Failures of backfills: told to nobody, done in part, resumed wrongly, reported wrongly, far too large. */
import { describe, expect, it } from 'vitest';
import { bootstrapReason } from '../../shared/domain/calendar.ts';
import { runTopic } from '../../shared/derive/topic-names.ts';
import { paths, type CompletionDocument } from '../../shared/state/documents.ts';
import { audit } from '../../shared/domain/audit.ts';
import { isPresent, UNTOUCHED } from '../../shared/domain/partition.ts';
import { brokenPromises, comparableStates, contentsOf } from '../support/at-rest.ts';
import {
  dateDocuments,
  datesWith,
  deadLettersIn,
  failuresIn,
  runsIn,
  runSince,
  stateIn,
} from '../support/look.ts';
import {
  dateOf,
  DATES,
  PHASE3_DATES,
  PHASE4_DATES,
  SEASON,
  UNSOURCED_DATE,
  withChange,
  withMorePoints,
} from '../support/toy-league.ts';
import { COMPUTED_TABLES, registered, TOY_DEFINITIONS } from '../support/toy-tables.ts';
import { builtWorld, cleanWorld, FIRST_SOURCES, importedWorld, loadInto } from '../support/toy-worlds.ts';
import { differences } from '../simulator/scenario.ts';
import { NO_FAULTS } from '../../functions/targets/simulated/faults.ts';
import { makeWorld } from '../support/world.ts';

const PHASE4 = ['zone_defense', 'shot_zones', 'daily_cache', 'feature_store'];

describe('F-05 backfill tells nobody', () => {
  it('F-05 one request builds phase 4 on every processable date, says why it leaves out the others, and goes no further', async () => {
    const world = makeWorld({ from: await importedWorld() });
    // One date is there already, and half of the dates have no lines, which are optional.
    await world.request({ dates: [dateOf(14)] });
    await world.settle();
    const before = await runsIn(world);
    const id = await world.request({ season: SEASON, through: 'phase4' });
    await world.settle();

    expect(await world.backfill(id)).toMatchObject({
      state: 'done',
      dates: { requested: 9, processable: 8, bootstrap: 3 },
    });
    const ran = await runSince(world, before);
    for (const table of PHASE4) {
      expect(ran.filter((name) => name.startsWith(table))).toEqual(
        PHASE4_DATES.slice(1).map((date) => `${table}@${date}`),
      );
      expect(datesWith(world, table, 'success')).toEqual(PHASE4_DATES);
      expect(datesWith(world, table, 'skipped')).toEqual(PHASE3_DATES.slice(0, 3));
      expect(stateIn(world, table, dateOf(0))?.reason).toBe(bootstrapReason(SEASON));
      expect(stateIn(world, table, UNSOURCED_DATE)).toMatchObject({
        status: 'empty',
        reason: 'source_unavailable',
        rows: 0,
      });
    }
    expect(ran.every((name) => COMPUTED_TABLES.includes(name.split('@')[0] ?? ''))).toBe(true);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-05 the same request again does nothing at all', async () => {
    const world = makeWorld({ from: await builtWorld() });
    const before = await runsIn(world);
    const id = await world.request({ season: SEASON });
    await world.settle();
    expect(await runSince(world, before)).toEqual([]);
    expect(await world.backfill(id)).toMatchObject({
      state: 'done',
      plannedRuns: 0,
      dates: { processable: 8, unchanged: 8 },
    });
  });

  it('F-05 completions twice, late and out of order, and live news at the same time, end in the same state', async () => {
    const corrected = withChange(FIRST_SOURCES, 'nbac_player_boxscores', dateOf(15), withMorePoints);
    const world = makeWorld({
      from: await importedWorld(),
      seed: 5,
      workers: 2,
      faults: { ...NO_FAULTS, steps: 3000, pause: 0.4, duplicate: 0.5, delay: 0.5, loseAck: 0.2 },
    });
    world.later(0, () => world.request({ season: SEASON }));
    world.later(2000, async () => {
      await world.archiveRows(corrected);
      await world.ingest('nbac_player_boxscores', dateOf(15));
    });
    await world.settle();
    await world.request({ season: SEASON, from: 'phase2' });
    await world.settle();
    expect(await brokenPromises(world)).toEqual([]);
    expect(differences(world, await cleanWorld(corrected), () => true)).toEqual([]);
  });

  it('F-05 every run is announced, in every mode and with every status', async () => {
    const world = makeWorld({ from: await importedWorld() });
    world.warehouse.refuse('team_defense', dateOf(5), 'no such column');
    await world.request({ season: SEASON });
    await world.settle();
    for (const run of await runsIn(world))
      expect(run, run.table).toMatchObject({ state: 'settled', followed: true });
  });
});

describe('F-09 a stale fragment of upstream is taken for the whole', () => {
  const team = registered(
    TOY_DEFINITIONS.find(({ name }) => name === 'team_offense') ?? (TOY_DEFINITIONS[0] as never),
  ).definition;

  it.each([
    { rows: 0, expected: 200, becomes: 'refused' },
    { rows: 2, expected: 200, becomes: 'partial' },
    { rows: 100, expected: 200, becomes: 'partial' },
    { rows: 189, expected: 200, becomes: 'partial' },
    { rows: 190, expected: 200, becomes: 'success' },
    { rows: 200, expected: 200, becomes: 'success' },
  ])('F-09 $rows of $expected rows are $becomes', ({ rows, expected, becomes }) => {
    const verdict = audit(
      team,
      { rows, games: 10, expectedRows: expected, expectedGames: 10, checks: [] },
      0,
      false,
    );
    expect(verdict.kind === 'refuse' ? 'refused' : verdict.status).toBe(becomes);
    const status = verdict.kind === 'refuse' ? 'failed' : verdict.status;
    expect(
      isPresent({
        ...UNTOUCHED,
        status,
        rows,
        expectedRows: expected,
        games: 10,
        expectedGames: 10,
        outputFingerprint: 'x',
      }),
    ).toBe(becomes === 'success');
  });

  it('F-09 every row but no row of one game is partial', () => {
    expect(
      audit(team, { rows: 199, games: 9, expectedRows: 200, expectedGames: 10, checks: [] }, 0, false),
    ).toMatchObject({ status: 'partial', reason: expect.stringContaining('9 of 10 games') as string });
  });

  it('F-09 a fragment of the box scores makes partial partitions that name their gap, and the rest rebuilds them', async () => {
    const date = dateOf(14);
    const fragment = withChange(FIRST_SOURCES, 'nbac_player_boxscores', date, (row) =>
      row['player_lookup'] === 'ATL:1' ? row : undefined,
    );
    const world = await loadInto(makeWorld(), fragment);
    await world.request({ season: SEASON });
    await world.settle();
    expect(stateIn(world, 'team_offense', date)).toMatchObject({
      status: 'partial',
      rows: 1,
      expectedRows: 4,
      reason: '1 of 4 rows, 1 of 2 games',
    });
    expect(isPresent(stateIn(world, 'team_offense', date))).toBe(false);
    expect(isPresent(stateIn(world, 'player_summary', date))).toBe(false);

    await world.archiveRows(FIRST_SOURCES);
    await world.request({ season: SEASON, from: 'phase2' });
    await world.settle();
    expect(differences(world, await cleanWorld(FIRST_SOURCES), () => true)).toEqual([]);
  });
});

describe('F-21 a range run reports only its last date', () => {
  it('F-21 a run over three dates is three entries in three documents, each with its own counts', async () => {
    const world = makeWorld({ from: await importedWorld(), policy: { batchSize: () => 3 } });
    const dates = PHASE3_DATES.slice(0, 3);
    await world.request({ dates, tables: ['team_offense'], through: 'phase3' });
    await world.settle();
    const [run] = await runsIn(world, 'team_offense');
    expect(run?.outcome?.map(({ date }) => date)).toEqual(dates);
    for (const date of dates) {
      const document = await world.store.get<CompletionDocument>(paths.completion('phase3', date));
      expect(document?.tables['team_offense']).toMatchObject({
        status: 'success',
        rows: run?.outcome?.find((each) => each.date === date)?.rows,
      });
    }
  });

  it('F-21 a date that fails in the middle fails alone', async () => {
    const world = makeWorld({ from: await importedWorld(), policy: { batchSize: () => 9 } });
    world.warehouse.refuse('team_offense', dateOf(14), 'division by zero');
    const id = await world.request({ season: SEASON, through: 'phase3' });
    await world.settle();
    expect(datesWith(world, 'team_offense', 'failed')).toEqual([dateOf(14)]);
    expect(datesWith(world, 'team_offense', 'success')).toEqual(
      PHASE3_DATES.filter((date) => date !== dateOf(14)),
    );
    // What reads that date is blocked and says so: the same date, and every later one of a season-to-date window.
    expect(datesWith(world, 'team_defense', 'blocked')).toEqual([dateOf(14)]);
    expect(datesWith(world, 'team_context', 'blocked')).toEqual(
      PHASE3_DATES.filter((date) => date > dateOf(14)),
    );
    expect(stateIn(world, 'team_context', dateOf(15))?.waitingFor).toContain(`team_offense@${dateOf(14)}`);
    expect(datesWith(world, 'team_context', 'success')).toEqual(
      PHASE3_DATES.filter((date) => date <= dateOf(14)),
    );
    expect(await world.backfill(id)).toMatchObject({ state: 'done_with_failures' });
    expect(await brokenPromises(world)).toEqual([]);
  });
});

describe('F-35 checkpoint resume loses or repeats dates', () => {
  it.each([1, 2, 3, 4, 5, 6].flatMap((seed) => [1, 15].map((workers) => ({ seed, workers }))))(
    'F-35 killed at random with $workers workers (seed $seed), another carries on: what is built is the plan, each once',
    async ({ seed, workers }) => {
      const world = makeWorld({
        from: await importedWorld(),
        seed,
        workers,
        faults: { ...NO_FAULTS, steps: 4000, pause: 0.3, crashWorker: 0.01 },
      });
      const id = await world.request({ season: SEASON });
      await world.settle();
      expect(await world.backfill(id)).toMatchObject({ state: 'done' });
      expect(await failuresIn(world, id)).toEqual([]);
      expect(await brokenPromises(world)).toEqual([]);
      expect(differences(world, await cleanWorld(FIRST_SOURCES), () => true)).toEqual([]);
    },
  );

  it('F-35 failed, then repaired: only what failed and what it blocked is tried again', async () => {
    const world = makeWorld({ from: await importedWorld() });
    world.warehouse.refuse('shot_zones', dateOf(15), 'out of memory');
    const id = await world.request({ season: SEASON });
    await world.settle();
    const failed = await failuresIn(world, id);
    expect(failed).toEqual([
      `daily_cache@${dateOf(15)}`,
      `feature_store@${dateOf(15)}`,
      `shot_zones@${dateOf(15)}`,
    ]);
    const before = await runsIn(world);
    world.warehouse.refuse('shot_zones', dateOf(15), undefined);
    const retry = await world.request({ season: SEASON, only: 'failed' });
    await world.settle();
    expect(await runSince(world, before)).toEqual(failed);
    expect(await world.backfill(retry)).toMatchObject({ state: 'done' });
    expect(differences(world, await cleanWorld(FIRST_SOURCES), () => true)).toEqual([]);
  });

  it('F-35 built, then failing: what was built stays in the warehouse, and the failure is seen', async () => {
    const world = makeWorld({ from: await builtWorld() });
    const before = contentsOf(world);
    world.warehouse.refuse('team_offense', dateOf(15), 'out of memory');
    const id = await world.request({
      dates: [dateOf(15)],
      tables: ['team_offense'],
      through: 'phase3',
      force: true,
    });
    await world.settle();
    expect(contentsOf(world)).toEqual(before);
    expect(await world.backfill(id)).toMatchObject({ state: 'done_with_failures' });
    expect(stateIn(world, 'team_offense', dateOf(15))?.status).toBe('failed');
  });

  it('F-35 a range without games, and a longer range afterwards', async () => {
    const world = makeWorld({ from: await importedWorld() });
    const none = await world.request({ startDate: '2023-10-25', endDate: '2023-10-28' });
    await world.settle();
    expect(await world.backfill(none)).toMatchObject({
      state: 'done_with_failures',
      verdict: expect.stringContaining('no scheduled games') as string,
    });
    await world.request({ startDate: '2023-10-24', endDate: dateOf(15) });
    await world.settle();
    const before = await runsIn(world);
    const longer = await world.request({ startDate: '2023-10-24', endDate: '2023-12-31' });
    await world.settle();
    const ran = await runSince(world, before);
    expect(ran.every((name) => (name.split('@')[1] ?? '') > dateOf(15))).toBe(true);
    expect(await world.backfill(longer)).toMatchObject({ state: 'done' });
    expect(differences(world, await cleanWorld(FIRST_SOURCES), () => true)).toEqual([]);
  });
});

describe('F-36 backfill success means HTTP 200', () => {
  it('F-36 one table that fails on every date is a backfill with failures, date by date', async () => {
    const world = makeWorld({ from: await importedWorld() });
    for (const date of DATES) world.warehouse.refuse('daily_cache', date, 'no such column');
    const id = await world.request({ season: SEASON });
    await world.settle();
    const backfill = await world.backfill(id);
    expect(backfill).toMatchObject({
      state: 'done_with_failures',
      verdict: '10 partitions failed or are blocked',
    });
    expect(backfill?.progress.find(({ table }) => table === 'daily_cache')).toMatchObject({
      planned: 5,
      done: 0,
      failed: 5,
    });
    expect(backfill?.progress.find(({ table }) => table === 'zone_defense')).toMatchObject({
      planned: 5,
      done: 5,
      failed: 0,
    });
    const dates = await dateDocuments(world, id);
    expect(dates.filter(({ state }) => state === 'failed').map(({ date }) => date)).toEqual(PHASE4_DATES);
    expect(dates.filter(({ state }) => state === 'done').map(({ date }) => date)).toEqual(
      PHASE3_DATES.slice(0, 3),
    );
  });

  it('F-36 an unknown table is rejected when it is asked for, by name', async () => {
    const world = makeWorld({ from: await importedWorld() });
    const before = comparableStates(world);
    const id = await world.request({ season: SEASON, tables: ['player_game_sumary'] });
    await world.settle();
    expect(await world.backfill(id)).toBeUndefined();
    const [letter] = await deadLettersIn(world);
    expect(letter?.reason).toMatch(/^There is no table player_game_sumary; tables are /);
    expect(comparableStates(world)).toEqual(before);
  });
});

describe('F-52 two dates become the whole season', () => {
  it('F-52 a sparse list is these dates and no other', async () => {
    const world = makeWorld({ from: await builtWorld() });
    const before = await runsIn(world);
    const dates = [dateOf(0), dateOf(21)];
    await world.request({ dates, tables: ['team_offense'], through: 'phase3', force: true, restate: 'none' });
    await world.settle();
    const ran = await runSince(world, before);
    expect([...new Set(ran.map((name) => name.split('@')[1]))].sort()).toEqual(dates);
  });

  it('F-52 more dates than one request may list are rejected', async () => {
    const world = makeWorld({ from: await importedWorld() });
    await world.request({ dates: Array.from({ length: 2001 }, () => dateOf(0)) });
    await world.settle();
    const [letter] = await deadLettersIn(world);
    expect(letter?.reason).toContain('dates');
    expect(await runsIn(world, 'team_offense')).toEqual([]);
  });
});

describe('F-53 incomplete plan: 2 of 5 tables backfilled', () => {
  it('F-53 phase 4 over dates whose phase 3 is missing is refused, with the list and the command', async () => {
    const world = makeWorld({ from: await importedWorld() });
    await world.request({ dates: PHASE3_DATES.slice(0, 4), through: 'phase3' });
    await world.settle();
    const before = await runsIn(world);
    const id = await world.request({ dates: [dateOf(19)], from: 'phase4' });
    await world.settle();
    const backfill = await world.backfill(id);
    expect(backfill).toMatchObject({ state: 'done_with_failures', plannedRuns: 0 });
    const missing = PHASE3_DATES.filter((date) => date > dateOf(14) && date < dateOf(19));
    expect(backfill?.noGo.map(({ table, dates }) => [table, dates])).toEqual(
      expect.arrayContaining(
        ['player_summary', 'team_defense', 'team_offense'].map((table) => [table, missing]),
      ),
    );
    expect(backfill?.verdict).toContain(
      `fullcourt backfill --start ${missing[0]} --end ${missing.at(-1)} --from phase3 --through phase3`,
    );
    expect(await runSince(world, before)).toEqual([]);
  });

  it('F-53 asked from phase 3, the plan contains whatever phase 4 needs, from the beginning of the season', async () => {
    const world = makeWorld({ from: await importedWorld() });
    const id = await world.request({ dates: [dateOf(21)] });
    await world.settle();
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(datesWith(world, 'player_summary', 'success')).toEqual(PHASE3_DATES);
    expect(datesWith(world, 'feature_store', 'success')).toEqual([dateOf(21)]);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-53 a person who skips the preflight gets partial partitions that say what is missing in them', async () => {
    const world = makeWorld({ from: await importedWorld() });
    world.warehouse.refuse('player_summary', dateOf(5), 'no such column');
    await world.request({ season: SEASON });
    await world.settle();
    expect(datesWith(world, 'daily_cache', 'blocked')).toEqual(PHASE4_DATES);
    const id = await world.request({
      season: SEASON,
      from: 'phase4',
      skipPreflight: { reason: 'the season is long over' },
    });
    await world.settle();
    const backfill = await world.backfill(id);
    expect(backfill).toMatchObject({ state: 'done', skipPreflight: { reason: 'the season is long over' } });
    for (const date of PHASE4_DATES) {
      expect(stateIn(world, 'daily_cache', date)).toMatchObject({
        status: 'partial',
        reason: expect.stringContaining(`accepted as missing: player_summary@${dateOf(5)}`) as string,
      });
    }
    expect(datesWith(world, 'zone_defense', 'success')).toEqual(PHASE4_DATES);
    expect(await brokenPromises(world)).toEqual([]);
  });
});

describe('steering a backfill', () => {
  it('pause stops asking, and what is under way is finished; resume goes on where it stopped', async () => {
    const world = makeWorld({ from: await importedWorld() });
    const id = await world.request({ season: SEASON });
    await world.handle('nba-backfill-request');
    await world.handle(runTopic('phase3', 'backfill'));
    expect(await world.pause(id)).toEqual({ kind: 'moved', to: 'paused' });
    const asked = (await runsIn(world)).length;
    await world.settle();
    expect((await runsIn(world)).length).toBe(asked);
    expect((await runsIn(world)).every(({ state }) => state === 'settled')).toBe(true);
    expect(await world.backfill(id)).toMatchObject({ state: 'paused', finishedAt: null });
    expect(await world.resume(id)).toEqual({ kind: 'moved', to: 'running' });
    await world.settle();
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(differences(world, await cleanWorld(FIRST_SOURCES), () => true)).toEqual([]);
  });

  it('cancel ends it; asked again, only the rest is built', async () => {
    const world = makeWorld({ from: await importedWorld() });
    const id = await world.request({ season: SEASON });
    await world.handle('nba-backfill-request');
    await world.handle(runTopic('phase3', 'backfill'));
    expect(await world.cancel(id)).toEqual({ kind: 'moved', to: 'cancelled' });
    await world.settle();
    expect(await world.backfill(id)).toMatchObject({
      state: 'cancelled',
      verdict: 'cancelled; what was under way has been finished',
    });
    const before = await runsIn(world);
    const done = datesWith(world, 'team_offense', 'success');
    expect(done.length).toBeGreaterThan(0);
    await world.request({ season: SEASON });
    await world.settle();
    const ran = await runSince(world, before);
    expect(ran.filter((name) => name.startsWith('team_offense'))).toEqual(
      PHASE3_DATES.filter((date) => !done.includes(date)).map((date) => `team_offense@${date}`),
    );
    expect(differences(world, await cleanWorld(FIRST_SOURCES), () => true)).toEqual([]);
  });

  it('the same request id twice is one backfill, also when both are handled at once', async () => {
    const world = makeWorld({
      from: await importedWorld(),
      workers: 2,
      seed: 4,
      faults: { ...NO_FAULTS, steps: 2000, pause: 0.5 },
    });
    const id = await world.request({ season: SEASON, requestId: 'tonight' });
    expect(await world.request({ season: SEASON, requestId: 'tonight' })).toBe(id);
    await world.settle();
    expect(await world.store.count('backfills')).toBe(
      (await (await importedWorld()).store.count('backfills')) + 1,
    );
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('force builds again what is unchanged, once, also when two people force the same at once', async () => {
    const world = makeWorld({ from: await builtWorld() });
    const before = await runsIn(world);
    const ids = [
      await world.request({ dates: [dateOf(21)], force: true }),
      await world.request({ dates: [dateOf(21)], force: true }),
    ];
    await world.settle();
    const ran = await runSince(world, before);
    for (const name of COMPUTED_TABLES)
      expect(ran.filter((each) => each === `${name}@${dateOf(21)}`).length, name).toBeGreaterThan(0);
    for (const id of ids) expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(differences(world, await cleanWorld(FIRST_SOURCES), () => true)).toEqual([]);
  });

  it('a date that is wanted live in the middle of a backfill goes first, and is built once', async () => {
    const world = makeWorld({ from: await importedWorld(), policy: { batchSize: () => 1, maxInFlight: 1 } });
    const id = await world.request({ season: SEASON });
    await world.handle('nba-backfill-request');
    const date = dateOf(21);
    await world.archiveRows(withChange(FIRST_SOURCES, 'nbac_player_boxscores', date, withMorePoints));
    await world.ingest('nbac_player_boxscores', date);
    await world.run();
    const order = world.warehouse
      .history()
      .flatMap((row) => (row.processor_name === 'team_offense' ? [`${row.data_date} ${row.run_mode}`] : []));
    expect(order.indexOf(`${date} live`)).toBeGreaterThanOrEqual(0);
    expect(order.indexOf(`${date} live`)).toBeLessThan(3);
    expect(order.filter((each) => each.startsWith(date))).toEqual([`${date} live`]);
    await world.settle();
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('at most maxInFlight batches of a backfill are under way', async () => {
    for (const maxInFlight of [1, 2, 3]) {
      const world = makeWorld({ from: await importedWorld(), policy: { batchSize: () => 1 } });
      await world.request({ season: SEASON, maxInFlight });
      let most = 0;
      world.store.onCommit((path) => {
        if (!path.startsWith('runs/')) return;
        const open = [...world.store.dump()].filter(
          ([each, run]) => each.startsWith('runs/') && run['state'] !== 'settled',
        ).length;
        most = Math.max(most, open);
      });
      await world.settle();
      expect(most).toBeLessThanOrEqual(maxInFlight);
      expect(most).toBeGreaterThan(0);
    }
  });
});
