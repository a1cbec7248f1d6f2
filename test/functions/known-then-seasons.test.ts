/** What is read as it was known at a time rests on the seasons before as they were known at that time. */
import { afterAll, expect, it } from 'vitest';
import { loadFiles } from '../../functions/control/imports.ts';
import { openKnownThen } from '../../functions/steps/known-then.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { simulateLeague } from '../../scripts/simulate/league.ts';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { neededSeasons } from '../../shared/domain/needed-dates.ts';
import { datesBetween, gameDate } from '../../shared/domain/game-date.ts';
import type { Overlay } from '../../shared/ports/warehouse.ts';
import { atHome, backfill, newFolder, removeFolders, type Home } from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';

const EARLIER = '2021-22';
const SEASON = '2022-23';
/** The last dates of the two seasons: a month of the first, and of the second the days until features are built. */
const LAST = { [EARLIER]: '2021-11-20', [SEASON]: '2022-11-08' };
const FIRST_TOLD = '2022-11-09T12:00:00.000Z';
const CORRECTED = '2022-11-12T12:00:00.000Z';
/** The opening night of the season, and a week in which it has features. */
const DATES = [gameDate('2022-10-18'), ...datesBetween(gameDate('2022-11-02'), gameDate('2022-11-08'))];
const TABLES = ['player_season_carry', 'ml_feature_store_v2'];

afterAll(removeFolders);

function told(): SourceFile[] {
  return [...simulateLeague({ seasons: 2, seed: 3, firstSeason: 2021, teams: 6, gamesPerTeam: 30 })].flatMap(
    ({ season, files }) =>
      files.map(({ name, text }) => {
        const [head = '', ...lines] = text.trimEnd().split('\n');
        const at = head.split(',').indexOf('game_date');
        const last = LAST[season as keyof typeof LAST];
        const kept = lines.filter((line) => (line.split(',')[at] ?? '') <= last);
        return sourceFile(name, `${[head, ...kept].join('\n')}\n`);
      }),
  );
}

/** The box scores of the last night of the earlier season, in which a player has another number of minutes. */
function corrected(files: readonly SourceFile[]): SourceFile {
  const name = `player_box_${EARLIER}.csv`;
  const [head = '', ...lines] = new TextDecoder()
    .decode(files.find((file) => file.name === name)?.bytes())
    .trimEnd()
    .split('\n');
  const columns = head.split(',');
  const cell = (line: string, column: string): string => line.split(',')[columns.indexOf(column)] ?? '';
  const night = lines.filter((line) => cell(line, 'game_date') === cell(lines.at(-1) ?? '', 'game_date'));
  const [first = '', ...others] = night.toSorted(
    (a, b) => Number(cell(b, 'minutes')) - Number(cell(a, 'minutes')),
  );
  const row = first.split(',').with(columns.indexOf('minutes'), String(Number(cell(first, 'minutes')) - 2));
  return sourceFile(name, `${[head, row.join(','), ...others].join('\n')}\n`);
}

async function build(home: Home): Promise<void> {
  await backfill(home, { season: EARLIER, through: 'phase3', only: 'stale' });
  await backfill(home, { season: EARLIER, through: 'phase3' });
  await backfill(home, { season: SEASON, through: 'phase4' });
}

/** `table@date` -> fingerprint of the rows that are published, or of those that were known at a time; only where there are rows. */
async function fingerprints(
  { client, worker }: Home,
  shown?: Pick<Overlay, 'shown'>,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const name of TABLES) {
    const table = client.registry.get(name);
    const answer = await (shown === undefined
      ? worker.context.ports.warehouse.published(table, DATES)
      : shown.shown(table, DATES));
    if (!answer.ok) throw new Error(answer.failure.detail);
    for (const { date, rows, fingerprint } of answer.value)
      if (rows > 0) found.set(`${name}@${date}`, fingerprint);
  }
  return found;
}

it('features of a season rest on the box scores of the season before, with the corrections that were known', async () => {
  await atHome(newFolder(), async (home) => {
    const { client, worker } = home;
    const files = told();
    await loadFiles(client, files, { observedAt: FIRST_TOLD, worker });
    await build(home);
    const before = await fingerprints(home);
    const correction = await loadFiles(client, [corrected(files)], { observedAt: CORRECTED, worker });
    expect(correction.failed).toEqual([]);
    await build(home);
    const after = await fingerprints(home);
    const changed = [...after.keys()].filter((key) => after.get(key) !== before.get(key));
    expect(TABLES.filter((name) => !changed.some((key) => key.startsWith(name)))).toEqual([]);

    for (const [at, expected] of [
      ['2022-11-12T11:59:59.000Z', before],
      [CORRECTED, after],
    ] as const) {
      const ports = { ...client, warehouse: worker.context.ports.warehouse, scratch: memoryStore() };
      const then = await openKnownThen(ports, { at, dates: DATES }, TABLES);
      expect(await fingerprints(home, then.overlay), at).toEqual(expected);
      expect(then.made > 0, `${then.made} partitions made anew at ${at}`).toBe(expected === before);
      await then.close();
    }
  });
}, 300_000);

it('only tables that read earlier seasons, or what is made of them, need these', () => {
  const registry = loadRegistry();
  const needed = (tables: string[], seasons: string[]) =>
    [...neededSeasons(registry, tables, seasons as never)]
      .map(([season, names]): [string, string[]] => [season, [...names].sort()])
      .sort(([a], [b]) => (a < b ? -1 : 1));
  const sources = ['nbac_game_results', 'player_game_summary'];
  expect(needed(['player_daily_cache'], ['2023-24'])).toEqual([]);
  expect(needed(['player_prop_predictions'], ['2023-24'])).toEqual([
    // Similar games are read of one season, whose features rest on the two before it.
    ['2020-21', sources],
    ['2021-22', sources],
    ['2022-23', ['ml_feature_store_v2', ...sources]],
  ]);
  expect(needed(['ml_feature_store_v2'], ['2022-23', '2023-24']).map(([season]) => season)).toEqual([
    '2020-21',
    '2021-22',
    '2022-23',
  ]);
});
