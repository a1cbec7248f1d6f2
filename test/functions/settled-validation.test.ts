/** What a backfill keeps of the validation of its rows when it ends. */
import { afterAll, describe, expect, it } from 'vitest';
import { loadView, seasonsOf } from '../../shared/state/views.ts';
import { settledValidation } from '../../functions/control/settled-validation.ts';
import { validationOf } from '../../functions/control/backfills.ts';
import { readBackfill, type NormalRequest } from '../../shared/state/backfills.ts';
import type { KeptValidation } from '../../shared/domain/validation.ts';
import { atHome, backfill, copyOf, removeFolders } from '../support/homes.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { builtLeague } from '../support/tiny-league.ts';

afterAll(removeFolders);

const DATES = ['2021-11-08', '2021-11-09'];

describe('a backfill that ends', () => {
  it('has nothing wrong in a league as it was built, and says so in its summary', async () => {
    const { folder, backfill: built } = await builtLeague();
    const home = copyOf(folder);
    const kept = built.document['validation'] as KeptValidation;
    expect(kept.checks.filter(({ severity }) => severity === 'fail')).toEqual([]);
    expect(['pass', 'review']).toContain(kept.verdict);
    const { document } = await cliJson<{ backfills: { validated: { id: string } } }>(home, 'status');
    expect(document.backfills.validated.id).toBe(built.document['backfillId']);
    expect((await cli(home, 'backfills', 'show', 'last')).stdout).toContain('Validation: ');
  });

  it('finds rows that somebody has changed in the meantime, counts them by check and names the first', async () => {
    await atHome(copyOf((await builtLeague()).folder), async (home) => {
      const done = await backfill(home, { dates: DATES, from: 'phase3', through: 'phase3', force: true });
      const kept = await readBackfill(home.client, done.backfillId);
      expect(kept === undefined ? null : validationOf(kept)).toMatchObject({
        verdict: 'pass',
        checks: [],
        first: [],
      });

      const request: NormalRequest = {
        ...{ dates: kept?.request.dates ?? [], from: 'phase3', through: 'phase3', tables: null, only: 'all' },
        ...{ restate: 'auto', force: false, maxInFlight: 1, requestedBy: null },
      };
      const { warehouse } = home.worker.context.ports;
      // One point more for one player of each row that is asked about.
      const ask: typeof warehouse.ask = (sql) =>
        warehouse.ask(sql.replaceAll('SUM(points)', "SUM(points + IF(game_date = DATE '2021-11-08', 1, 0))"));
      const { client } = home;
      const view = await loadView(client, client.registry, seasonsOf(request.dates));
      const found = await settledValidation({ ...client, warehouse: { ...warehouse, ask } }, view, request);
      expect(found?.verdict).toBe('fail');
      const players = found?.checks.find(({ check }) => check === 'points_against_final_score');
      expect(players).toMatchObject({ severity: 'fail', table: 'player_game_summary' });
      expect(players?.findings).toBeGreaterThan(1);
      expect(found?.first).toHaveLength(5);
      expect(found?.first[0]).toMatchObject({ date: '2021-11-08' });

      const counts: typeof warehouse.rowCounts = async (ranges) => {
        const counted = await warehouse.rowCounts(ranges);
        if (!counted.ok) return counted;
        const at = ranges.findIndex(({ table }) => table.definition.name === 'player_game_summary');
        const short = counted.value.map((of, i) =>
          i === at ? new Map([...of].filter(([date]) => date !== '2021-11-09')) : of,
        );
        return { ok: true, value: short };
      };
      const short = await settledValidation(
        { ...client, warehouse: { ...warehouse, rowCounts: counts } },
        view,
        request,
      );
      expect(short?.checks).toEqual([
        { check: 'rows_against_document', severity: 'fail', table: 'player_game_summary', findings: 1 },
      ]);
    });
  });

  it('ends all the same where the warehouse does not answer: the verdict is unknown, and says why', async () => {
    await atHome(copyOf((await builtLeague()).folder), async (home) => {
      const { ports } = home.worker.context;
      const ask = () => Promise.reject(new Error('the warehouse cannot be reached'));
      Object.assign(ports, { warehouse: { ...ports.warehouse, ask } });
      const done = await backfill(home, { dates: DATES, from: 'phase3', through: 'phase3', force: true });
      expect(done.state).toBe('done');
      expect(done.validation).toMatchObject({
        verdict: 'unknown',
        detail: 'the warehouse cannot be reached',
      });
    });
  });
});
