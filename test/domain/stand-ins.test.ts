/** A raw table that stands in for another one: when it is expected, and what does not wait for the other one then. */
import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import type { Archive } from '../../shared/domain/archive.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { buildRegistry } from '../../shared/domain/registry.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { expectationsOf, whyNoPartition, type View } from '../../shared/domain/view.ts';
import { isRaw } from '../../shared/domain/table.ts';
import type { PartitionFields } from '../support/partitions.ts';
import { DATES, day, viewOf } from '../support/view-of.ts';

const registry = loadRegistry();
const LEAGUE = 'nbac_player_boxscores';
const SECOND = 'bdl_player_boxscores';
const SUMMARY = 'player_game_summary';
const NIGHT = day(15);
const SEASON = seasonOf(NIGHT);

/** What the second source has said: of these dates only. */
function archiveOn(dates: readonly GameDate[]): Archive {
  const slice = { entry: 'e1', digest: 'd1', subjects: ['20231108_ATL_BOS'] };
  return {
    ...{ table: SECOND, season: SEASON, revision: 1 },
    entries: {
      e1: {
        ...{ name: 'x.json', kind: 'named_player_box', uri: '', sha256: '', source: 'balldontlie' },
        ...{ observedAt: '2023-11-09T05:00:00Z', observedKind: 'measured' },
      },
    },
    slices: Object.fromEntries(dates.map((date) => [date, [slice]])),
  };
}

/** A season in which the league has nothing of a night, and the second source what is asked for. */
function blindNight(
  league: PartitionFields | null,
  second: PartitionFields | null,
  said: readonly GameDate[] = [NIGHT],
): View {
  const view = viewOf({
    registry,
    differently: (table, date) => {
      if (table === SECOND) return date === NIGHT ? second : null;
      if (date !== NIGHT) return undefined;
      return table === LEAGUE ? league : table === SUMMARY ? null : undefined;
    },
  });
  const season = view.seasons.get(SEASON) ?? expect.fail();
  const archives = new Map([...season.archives].filter(([table]) => table !== SECOND));
  if (said.length > 0) archives.set(SECOND, archiveOn(said));
  return { ...view, seasons: new Map([[SEASON, { ...season, archives }]]) };
}

const empty: PartitionFields = {
  status: 'empty',
  rows: 0,
  expectedRows: 0,
  games: 0,
  reason: 'source_unavailable; accepted by ann: lost',
};
const built: PartitionFields = { rows: 20, games: 1 };
const summary = registry.get(SUMMARY);
const expectedOn = (view: View): boolean => expectationsOf(view, summary, [NIGHT]).expected.length === 1;

describe('a second source of box scores', () => {
  it('is expected on the dates of which it has said something, and on no other', () => {
    const reasons = (view: View) => DATES.map((date) => whyNoPartition(view, registry.get(SECOND), date));
    const none = DATES.map(() => 'source_not_archived');
    expect(reasons(blindNight(null, null, []))).toEqual(none);
    expect(reasons(blindNight(null, null))).toEqual(
      DATES.map((date) => (date === NIGHT ? undefined : 'source_not_archived')),
    );
  });

  it('keeps a night from being without a source as long as it has rows of it', () => {
    expect(expectedOn(blindNight(empty, built))).toBe(true);
    expect(expectedOn(blindNight(empty, null))).toBe(true);
    expect(expectedOn(blindNight(empty, { ...empty, rows: 0 }))).toBe(false);
    expect(expectedOn(blindNight(empty, null, []))).toBe(false);
  });

  it('is built from without waiting for the league', () => {
    const unmet = (view: View) => evaluate(view).unmet(summary, NIGHT);
    const lost = { pending: [], lost: [{ table: LEAGUE, date: NIGHT }] };
    expect(unmet(blindNight(null, built))).toEqual({ pending: [], lost: [] });
    expect(unmet(blindNight({ status: 'failed', reason: 'broken' }, built))).toEqual({
      pending: [],
      lost: [],
    });
    expect(unmet(blindNight(null, null, []))).toEqual(lost);
    // Nobody has loaded it yet, or it has found nothing.
    expect(unmet(blindNight(null, null))).toEqual(lost);
    expect(unmet(blindNight(null, { ...empty, rows: 0 }))).toEqual(lost);
  });

  it('is waited for while it is loaded', () => {
    const view = blindNight(null, { status: 'requested', runId: 'r1', rows: 0, outputFingerprint: null });
    expect(evaluate(view).unmet(summary, NIGHT).pending).toContainEqual({ table: SECOND, date: NIGHT });
    expect(evaluate(view).unmet(summary, NIGHT).lost).toEqual([]);
  });

  it('stands in for a raw table only', () => {
    const tables = registry.all.map((table) =>
      table.definition.name === SECOND && isRaw(table.definition)
        ? { ...table, definition: { ...table.definition, standsInFor: SUMMARY } }
        : table,
    );
    expect(() => buildRegistry(tables)).toThrow(
      `Table ${SECOND} stands in for ${SUMMARY}, which is no raw table`,
    );
  });
});
