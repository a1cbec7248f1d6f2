/** Which model a table uses on a date, and what is carried over of games that have begun. */
import { describe, expect, it } from 'vitest';
import { artifactOn, type KnownModels } from '../../shared/domain/artifacts.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { AliasChange, ModelDocument } from '../../shared/domain/models.ts';
import { isAllLive, isSealed, withSealed, type TipOff } from '../../shared/domain/seal.ts';
import { UNTOUCHED } from '../../shared/domain/partition.ts';
import { defineCodeTable, type CodeTable } from '../../shared/domain/table.ts';
import { sameDate } from '../../shared/domain/window.ts';
import { SIMULATED_DEFINITIONS } from '../support/toy-tables.ts';

const TODAY = gameDate('2024-01-15');
const day = gameDate;

function model(id: string, month: string | null, trainedAt = '2024-01-01T00:00:00.000Z') {
  const validity: ModelDocument['validity'] =
    month === null
      ? null
      : { from: day(`${month}-01`), before: day(month === '2023-12' ? '2024-01-01' : '2024-02-01') };
  return { id, validity, trainedAt, file: { uri: `u-${id}`, sha256: `s-${id}`, bytes: 1 } };
}
const served = (modelId: string | null): AliasChange => ({
  ...{ modelId, at: '2024-01-01T00:00:00.000Z', by: null, reason: '', kind: 'promoted', gate: [] },
});
const known: KnownModels = {
  models: [
    model('live', null),
    model('next', null),
    model('december', '2023-12'),
    model('january', '2024-01', '2024-01-02T00:00:00.000Z'),
    model('january-again', '2024-01', '2024-01-03T00:00:00.000Z'),
  ],
  histories: { champion: [served('old'), served('live')], challenger: [served('next')] },
};
const on = (date: string, role: 'champion' | 'challenger' = 'champion', models = known) =>
  artifactOn(role, day(date), TODAY, models)?.id;

describe('the model of a date', () => {
  it('is the one that serves, from today on', () => {
    expect([on('2024-01-15'), on('2024-01-16'), on('2024-01-15', 'challenger')]).toEqual([
      'live',
      'live',
      'next',
    ]);
    const none = { ...known, histories: { ...known.histories, champion: [served('live'), served(null)] } };
    expect(on('2024-01-15', 'champion', none)).toBeUndefined();
  });

  it('is the rolling one of its month for a past date, the last that was trained', () => {
    expect([on('2023-12-31'), on('2024-01-01'), on('2024-01-14')]).toEqual([
      'december',
      'january-again',
      'january-again',
    ]);
    expect([on('2023-11-30'), on('2024-01-14', 'challenger')]).toEqual([undefined, undefined]);
  });

  it('does not depend on the order in which models are stored', () => {
    const turned = { ...known, models: known.models.toReversed() };
    for (const date of ['2023-12-31', '2024-01-01', '2024-01-15'])
      expect(on(date, 'champion', turned)).toBe(on(date));
  });
});

const tipOffs: readonly TipOff[] = [
  { game: 'early', at: '2024-01-15T18:00:00.000Z' },
  { game: 'late', at: '2024-01-15T23:00:00.000Z' },
  { game: 'unknown', at: null },
];
const row = (game_id: string, points: number, origin?: string) => ({
  ...{ game_id, points },
  ...(origin === undefined ? {} : { origin }),
});
const at = (now: string, date = TODAY, today = TODAY) => ({ tipOffs, date, now, today });

describe('rows of a sealing table', () => {
  it('say whether they were made before their game; a game whose tip-off nobody knows counts as begun', () => {
    const computed = [row('early', 1), row('late', 2), row('unknown', 3), row('gone', 4)];
    const origins = (moment: ReturnType<typeof at>) =>
      withSealed(computed, [], moment).map(({ origin }) => origin);

    expect(origins(at('2024-01-15T17:59:59.999Z'))).toEqual(['live', 'live', 'backfill', 'backfill']);
    expect(origins(at('2024-01-15T18:00:00.000Z'))).toEqual(['backfill', 'live', 'backfill', 'backfill']);
    expect(origins(at('2024-01-14T18:00:00.000Z', TODAY, day('2024-01-14')))).toEqual([
      ...['live', 'live', 'live', 'backfill'],
    ]);
  });

  it('of a game that has begun stay as they were made before it, and no others', () => {
    const published = [row('early', 10, 'live'), row('late', 20, 'live'), row('gone', 30, 'live')];
    const computed = [row('early', 1), row('early', 2), row('late', 3)];
    expect(withSealed(computed, published, at('2024-01-15T20:00:00.000Z'))).toEqual([
      row('early', 10, 'live'),
      row('late', 3, 'live'),
    ]);
    const later = [row('early', 10, 'backfill')];
    expect(withSealed(computed.slice(0, 1), later, at('2024-01-15T20:00:00.000Z'))).toEqual([
      row('early', 1, 'backfill'),
    ]);
  });

  it('are all live only when every game has rows, and seal the partition when its date is over', () => {
    const rows = tipOffs.map(({ game }) => row(game, 1, 'live'));
    expect(isAllLive(rows, tipOffs)).toBe(true);
    expect(isAllLive(rows.slice(1), tipOffs)).toBe(false);
    expect(isAllLive([...rows.slice(1), row('early', 1, 'backfill')], tipOffs)).toBe(false);
    expect(isAllLive([], [])).toBe(false);

    const state = { ...UNTOUCHED, status: 'success', allLive: true } as const;
    const sealing = like({});
    expect(isSealed(sealing, state, TODAY, TODAY)).toBe(false);
    expect(isSealed(sealing, state, TODAY, day('2024-01-16'))).toBe(true);
    const forced = { cause: 'forced', because: 'lost' } as const;
    expect(isSealed(sealing, { ...state, stale: forced }, TODAY, day('2024-01-16'))).toBe(false);
    expect(isSealed(sealing, { ...UNTOUCHED }, TODAY, day('2024-01-16'))).toBe(false);
  });
});

/** A sealing table like the one of simulated worlds. */
function like(over: Partial<CodeTable>): CodeTable {
  const estimates = SIMULATED_DEFINITIONS.find(({ rowsFrom }) => rowsFrom === 'code');
  if (estimates?.rowsFrom !== 'code') throw new Error('the toy tables have changed');
  const { rowsFrom: _, ...definition } = estimates;
  return defineCodeTable({
    ...definition,
    seal: 'tip_off',
    columns: { ...definition.columns, origin: { type: 'STRING', description: 'live or backfill' } },
    ...over,
  });
}

describe('the definition of a sealing table, or of one with models', () => {
  it('is refused without what the seal needs', () => {
    const { origin: _, ...columns } = like({}).columns;
    expect(() => like({ columns })).toThrow('needs a STRING column origin');
    expect(() => like({ inputs: [] })).toThrow('must be pre_game and require nbac_schedule of its date');
    expect(() => like({ timing: 'post_game' })).toThrow('must be pre_game');
    const optional = { table: 'nbac_schedule', window: sameDate, required: false, columns: [] };
    expect(() => like({ inputs: [optional] })).toThrow('require nbac_schedule');
  });

  it('is refused with models outside of the phase whose functions read the archive', () => {
    expect(() => like({ artifacts: [{ role: 'champion' }] })).toThrow('which only tables of phase5 do');
    expect(like({ artifacts: [{ role: 'champion' }], phase: 'phase5' }).artifacts).toHaveLength(1);
  });
});
