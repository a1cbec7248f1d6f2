/**
 * Every sealed prediction of a season is made again, bit for bit, from prediction_inputs and the model that it names; with
 * `FULLCOURT_PROOF=all` those of a second season, too, which are 10 000 together. A correction after the seal changes grades where points
 * changed, and no prediction.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { answersAt, tenths } from '../../functions/processors/player_prop_predictions/answers.ts';
import { intervalOf } from '../../functions/processors/player_prop_predictions/systems/interval.ts';
import {
  predictionsOf,
  type Predictions,
} from '../../functions/processors/player_prop_predictions/systems/model.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { textsOf, type TableRows } from '../../shared/domain/table-rows.ts';
import type { Evaluation } from '../../shared/modeling/evaluate.ts';
import type { KnownThen } from '../../shared/modeling/known-then.ts';
import { modelOf } from '../../shared/state/models.ts';
import { copyOf, newFolder, removeFolders } from '../support/homes.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { byProof } from '../support/proof.ts';
import {
  atClockedHome,
  sealedLeague,
  sealedSecondSeason,
  type ClockedHome,
} from '../support/sealed-league.ts';
import { SEASON, tinyFiles } from '../support/tiny-league.ts';

/** A number as a FLOAT64 column with so many decimals stores it. */
function stored(x: number, decimals: number): number {
  const [fine, kept] = [10 ** (decimals + 6), 10 ** decimals];
  return Math.round((Math.round(x * fine) / fine) * kept) / kept;
}

async function readAll({ client, worker }: ClockedHome, name: string): Promise<TableRows> {
  const table = client.registry.get(name);
  const asked = { table, columns: Object.keys(table.definition.columns) };
  const dates = { first: gameDate('2021-10-01'), last: gameDate('2023-06-30') };
  const read = await worker.context.ports.warehouse.read({ ...asked, ...dates });
  if (!read.ok) throw new Error(read.failure.detail);
  return read.value;
}

/** The sealed predictions that do not come out the same, and how many were made again by each system. */
async function reproduced(opened: ClockedHome): Promise<{ wrong: string[]; made: Record<string, number> }> {
  const inputs = await readAll(opened, 'prediction_inputs');
  const rows = await readAll(opened, 'player_prop_predictions');
  const placeOf = new Map(textsOf(inputs, 'feature_hash').map((hash, i) => [hash, i]));
  const models = new Map<string, Predictions>();
  for (const id of new Set(textsOf(rows, 'model_id').filter((each) => each !== null))) {
    const model = await modelOf(opened.client, id);
    const text = new TextDecoder().decode(await opened.client.archive.get(model?.file.uri ?? ''));
    models.set(id, predictionsOf({ id, text }, inputs));
  }
  const [model] = models.values();
  const wrong: string[] = [];
  const made: Record<string, number> = {};
  for (let i = 0; i < rows.count; i += 1) {
    const text = (column: string): string => textsOf(rows, column)[i] ?? '';
    const number = (column: string): number => rows.numbers[column]?.[i] ?? NaN;
    const system = text('system_id');
    const at = placeOf.get(text('feature_hash'));
    const found = at === undefined ? [] : answersAt(inputs, at, model);
    const answered = found.find((each) => each.system === system);
    const points = answered?.answer.points ?? NaN;
    const interval =
      system === 'xgboost_v1' ? model?.intervalAt(points) : answered && intervalOf(answered.system, points);
    const again = [
      ...[tenths(points), stored(answered?.answer.confidence ?? NaN, 3)],
      ...[stored(interval?.p10 ?? NaN, 1), stored(interval?.p90 ?? NaN, 1)],
    ];
    const sealed = ['predicted_points', 'confidence_score', 'predicted_p10', 'predicted_p90'].map(number);
    const isSame = text('origin') === 'live' && sealed.every((value, each) => Object.is(value, again[each]));
    if (!isSame)
      wrong.push(`${text('game_id')} ${text('player_lookup')} ${system}: ${sealed.join()} ${again.join()}`);
    made[system] = (made[system] ?? 0) + 1;
  }
  return { wrong, made };
}

/** What is read of an evaluation. */
type Judged = Pick<Evaluation, 'rows' | 'mae'> & { readonly knownThen: KnownThen };

afterAll(removeFolders);

/** The leagues whose sealed predictions are made again, and how many these are at least. */
const { leagues, least } = byProof({
  small: { leagues: [sealedLeague], least: 7000 },
  ci: { leagues: [sealedLeague], least: 7000 },
  all: { leagues: [sealedLeague, sealedSecondSeason], least: 10_000 },
});

describe('the sealed predictions of a season', () => {
  it('come out the same to the last bit, of every system', async () => {
    const made: Record<string, number> = {};
    for (const league of leagues) {
      const found = await atClockedHome(copyOf(await league()), reproduced);
      expect(found.wrong).toEqual([]);
      expect(Object.keys(found.made)).toHaveLength(5);
      for (const [system, count] of Object.entries(found.made)) made[system] = (made[system] ?? 0) + count;
    }
    const total = Object.values(made).reduce((sum, each) => sum + each, 0);
    console.log(`${total} predictions were made again: ${JSON.stringify(made)}`);
    expect(total).toBeGreaterThanOrEqual(least);
  }, 600_000);
});

describe('a correction after the seal', () => {
  const DATE = '2021-11-13';
  let home: string;
  let players: readonly string[];
  type Row = Readonly<Record<string, unknown>>;
  const rowsOf = async (folder: string, table: string): Promise<readonly Row[]> => {
    const columns = Object.keys(loadRegistry().get(table).definition.columns).join(', ');
    const sql = `SELECT ${columns} FROM nba_predictions.${table} ORDER BY game_id, player_lookup, system_id`;
    return (await cliJson<{ rows: readonly Row[] }>(folder, 'query', sql, '--limit', '0')).document.rows;
  };

  /** A file of box scores in which two players of a team have each other's line on a night. */
  function corrected(): string {
    const files = tinyFiles();
    const folder = newFolder();
    for (const name of readdirSync(files).filter((each) => each.startsWith('player_box'))) {
      const [head = '', ...lines] = readFileSync(join(files, name), 'utf8').split('\n');
      const columns = head.split(',');
      const cellsAt = (i: number): string[] => (lines[i] ?? '').split(',');
      const cell = (i: number, column: string): string => cellsAt(i)[columns.indexOf(column)] ?? '';
      const ofNight = [...lines.keys()].filter((i) => cell(i, 'game_date') === DATE);
      const [one = -1, other = -1] = ofNight.filter(
        (i) => cell(i, 'team') === cell(ofNight[0] ?? 0, 'team') && Number(cell(i, 'minutes')) > 25,
      );
      players = [cell(one, 'player_id'), cell(other, 'player_id')];
      expect(cell(one, 'pts')).not.toBe(cell(other, 'pts'));
      const swapped = (i: number, from: number): string =>
        columns
          .map((column) => cell(['player_id', 'player_name', 'position'].includes(column) ? from : i, column))
          .join(',');
      const [first, second] = [swapped(one, other), swapped(other, one)];
      const text = lines.with(one, first).with(other, second);
      writeFileSync(join(folder, name), [head, ...text].join('\n'));
    }
    return folder;
  }

  beforeAll(async () => {
    home = copyOf(await sealedLeague());
    expect((await cli(home, 'import', '--from', corrected())).code).toBe(0);
    expect((await cli(home, 'backfill', '--season', SEASON)).code).toBe(0);
  });

  it('changes no prediction, and each still comes out the same', async () => {
    const [was, is] = [await sealedLeague(), home];
    expect(await rowsOf(is, 'player_prop_predictions')).toEqual(await rowsOf(was, 'player_prop_predictions'));
    expect((await atClockedHome(home, reproduced)).wrong).toEqual([]);
  });

  it('is told by `evaluate`: the error as known then is that of the sealed predictions', async () => {
    const [first, last] = ['2021-12-11', '2021-12-31'];
    const { document } = await cliJson<Judged>(
      home,
      ...['evaluate', '--model', 'champion', '--start', first, '--end', last],
    );
    const { knownThen, rows, mae } = document;
    // Every night was predicted before its games.
    expect(knownThen).toMatchObject({ measured: rows, assumed: 0, unknownThen: 0 });
    expect(knownThen.onMeasured?.correctedMae).toBeCloseTo(mae, 9);
    // The correction lies before these games, so it is in the features of now and not in those of then.
    expect(knownThen.onMeasured?.changed).toBeGreaterThan(0);
    expect(knownThen.onMeasured?.mae).not.toBe(mae);
    expect(knownThen.mae).toBe(knownThen.onMeasured?.mae);
    const graded = await cliJson<{ rows: readonly [{ n: number; mae: number }] }>(
      ...[home, 'query'],
      `WITH played AS (
        SELECT game_id, player_lookup, COUNT(*) OVER (PARTITION BY player_lookup ORDER BY game_date) - 1 AS earlier
        FROM nba_analytics.player_game_summary WHERE minutes_played > 0
      )
      SELECT COUNT(*) AS n, AVG(ABS(graded.predicted_points - graded.actual_points)) AS mae
      FROM nba_predictions.prediction_accuracy AS graded
      JOIN played ON played.game_id = graded.game_id AND played.player_lookup = graded.player_lookup
      WHERE graded.system_id = 'xgboost_v1' AND played.earlier >= 3 AND graded.game_date BETWEEN '${first}' AND '${last}'`,
    );
    expect(graded.document.rows[0].n).toBe(rows);
    // The sealed ones are rounded to a tenth of a point.
    expect(Math.abs(graded.document.rows[0].mae - knownThen.mae)).toBeLessThan(0.05);
  });

  it('changes the grades of those whose points changed, and no others', async () => {
    const before = await rowsOf(await sealedLeague(), 'prediction_accuracy');
    const after = await rowsOf(home, 'prediction_accuracy');
    expect(after).toHaveLength(before.length);
    const changed = after.filter((row, i) => row['actual_points'] !== before[i]?.['actual_points']);
    expect(
      new Set(changed.map((row) => `${String(row['game_date'])} ${String(row['nba_player_id'])}`)),
    ).toEqual(new Set(players.map((id) => `${DATE} ${id}`)));
    const others = (rows: readonly Row[]): readonly Row[] =>
      rows.filter((row) => row['game_date'] !== DATE || !players.includes(String(row['nba_player_id'])));
    expect(others(after)).toEqual(others(before));
  });
});
