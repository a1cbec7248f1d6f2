/** Shots of a player whom no box score and no roster names are refused, and loaded when the box scores are corrected. */
import { afterAll, expect, it } from 'vitest';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { textOf } from '../../functions/ingest/sound-file.ts';
import { readFolder } from '../../scripts/cli/load.ts';
import { SEASON, tinyFiles } from '../support/tiny-league.ts';
import { atHome, importFiles, newFolder, removeFolders } from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';

const BOXES = `player_box_${SEASON}.csv`;

afterAll(removeFolders);

it('shots wait for their player, not for another file of shots', { timeout: 120_000 }, async () => {
  const files = readFolder(tinyFiles({ through: '2021-10-24' })).filter(
    ({ name }) => !name.startsWith('rosters'),
  );
  const incomplete = files.map((file) => (file.name === BOXES ? withoutFirstPlayer(file) : file));
  const complete = await atHome(newFolder(), (home) => importFiles(home, files, SEASON));

  await atHome(newFolder(), async (home) => {
    const before = await importFiles(home, incomplete, SEASON);
    expect(before.rejected).toBeGreaterThan(complete.rejected);
    expect(before.rows['nbac_shot_chart']).toBeLessThan(complete.rows['nbac_shot_chart'] ?? 0);

    const corrected = files.filter(({ name }) => name === BOXES);
    expect((await importFiles(home, corrected, SEASON)).runs).toBeGreaterThan(1);
    const after = await importFiles(home, files, SEASON);
    expect(after).toMatchObject({ runs: 0, rejected: complete.rejected, rows: complete.rows });
  });
});

/** The file without any line of the player it names first. */
function withoutFirstPlayer({ name, bytes }: SourceFile): SourceFile {
  const [head = '', ...lines] = textOf(bytes()).split('\n');
  const at = head.split(',').indexOf('player_id');
  const player = lines[0]?.split(',')[at];
  const kept = [head, ...lines.filter((line) => line.split(',')[at] !== player)];
  return sourceFile(name, kept.join('\n'));
}
