/** Shots that a file lacks: its dates are partial and say which games, and no other date changes its status. */
import { afterAll, expect, it } from 'vitest';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { textOf } from '../../functions/ingest/sound-file.ts';
import { readFolder } from '../../scripts/cli/load.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { SEASON, tinyFiles } from '../support/tiny-league.ts';
import { atHome, importFiles, newFolder, partition, removeFolders } from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';

const SHOTS = `shots_${SEASON}.csv`;

afterAll(removeFolders);

it(
  'one shot and a night of shots that are lacking make their dates partial',
  { timeout: 300_000 },
  async () => {
    const files = readFolder(tinyFiles({ through: '2021-11-03' }));
    const [head = '', ...lines] = linesOf(files.find(({ name }) => name === SHOTS));
    const at = head.split(',').indexOf('game_date');
    const dateOf = (line = ''): string => line.split(',')[at] ?? '';
    const dates = [...new Set(lines.map(dateOf))].sort();
    const [first, second, third] = [dates[10] ?? '', dates[11] ?? '', dates[12] ?? ''];
    const gone = lines.find((line) => dateOf(line) === first);
    const kept = lines.filter((line) => line !== gone && dateOf(line) !== second);
    const text = [head, ...kept, ''].join('\n');
    const changed = files.map((file) => (file.name === SHOTS ? sourceFile(SHOTS, text) : file));

    await atHome(newFolder(), async (home) => {
      await importFiles(home, changed, SEASON);
      const of = (date: string) => partition(home.client, 'nbac_shot_chart', gameDate(date));
      expect(await of(first)).toMatchObject({
        status: 'partial',
        reason: expect.stringMatching(/^shots_do_not_add_up: \S+ \(\S+ has \d+ of \d+ shots\); rows_missing/),
      });
      expect(await of(second)).toMatchObject({
        status: 'partial',
        reason: expect.stringContaining('game_missing'),
      });
      expect(await of(third)).toMatchObject({ status: 'success' });
    });
  },
);

function linesOf(file: SourceFile | undefined): string[] {
  if (file === undefined) throw new Error(`There is no ${SHOTS}`);
  return textOf(file.bytes())
    .split('\n')
    .filter((line) => line !== '');
}
