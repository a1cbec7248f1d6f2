/** Finishes the loads that an import has left behind, before a command asks for work that rests on them. */
import type { Client } from '../../functions/targets/client.ts';
import type { WatchOptions } from '../../functions/control/watch.ts';
import { seasonsText } from '../../shared/domain/season.ts';
import { wantedLoads } from '../../shared/state/wanted-loads.ts';
import { tell } from './command.ts';
import { loadingUnlessStopped } from './stopped.ts';

/** Loads what was archived by an import that was killed. Tells what it loads, and what could not be loaded. */
export async function finishLoadsLeft(
  client: Client,
  options: Pick<WatchOptions, 'worker' | 'onWait'>,
): Promise<void> {
  const left = await wantedLoads(client);
  if (left.length === 0) return;
  const [{ finishLoads }, { loadingProgress }] = await Promise.all([
    import('../../functions/control/load-wanted.ts'),
    import('./load.ts'),
  ]);
  const seasons = seasonsText(left.map(({ season }) => season));
  tell(`Loading first what an import has archived and not loaded: ${seasons}`);
  const failed = await loadingUnlessStopped(() =>
    finishLoads(client, { ...options, onLoad: loadingProgress() }),
  );
  for (const line of failed) tell(line);
}

/** Says that a plan does not know of rows that are loaded before it is carried out. */
export async function tellLoadsLeft(client: Client): Promise<void> {
  const left = await wantedLoads(client);
  if (left.length === 0) return;
  const seasons = seasonsText(left.map(({ season }) => season));
  tell(
    `An import has archived files of ${seasons} and not loaded them; a backfill loads them first, and is planned then`,
  );
}
