/** Where the rows of a home come from. It is asked before anything is loaded, so that a made-up league and real games never meet. */
import type { Config } from '../../shared/config.ts';
import { FileLostError, RequestError } from '../../shared/domain/failure.ts';
import { admissionOf, isSameOrigin, originText, type Origin } from '../../shared/domain/origin.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { archivedSeasons, archiveOf } from '../../shared/state/archives.ts';
import { storedOrigin, writeOrigin } from '../../shared/state/origins.ts';
import { isAnySeasonKnown } from '../../shared/state/views.ts';
import { textOfSource } from '../ingest/source-content.ts';
import { writeJournal } from './journal.ts';

export interface OriginPorts extends Pick<Ports, 'store' | 'clock'> {
  readonly archive: ArchiveStore;
  readonly config: Pick<Config, 'target' | 'home' | 'cloud'>;
}

/**
 * Where the rows of a home come from; undefined when it has none. A home that was filled before homes remembered it counts
 * as simulated when every season has lines of the simulator, else as files.
 */
export async function originOf(ports: Omit<OriginPorts, 'config'>): Promise<Origin | undefined> {
  if (!(await isAnySeasonKnown(ports))) return undefined;
  const stored = await storedOrigin(ports);
  if (stored !== undefined) return stored;
  const seasons = await archivedSeasons(ports);
  const simulated = await Promise.all(seasons.map((season) => hasSimulatedLines(ports, season)));
  return simulated.length > 0 && simulated.every(Boolean)
    ? { kind: 'simulated', seed: null, firstSeason: null }
    : { kind: 'files' };
}

/** Whether the source of the first line on a player is the simulator. A file that is lost or damaged is not of the simulator. */
async function hasSimulatedLines(
  { store, archive }: Omit<OriginPorts, 'config'>,
  season: string,
): Promise<boolean> {
  const lines = await archiveOf({ store }, 'odds_api_player_points_props', season);
  const file = Object.values(lines?.entries ?? {})[0];
  if (file === undefined) return false;
  try {
    const { text = '' } = textOfSource(file.name, await archive.get(file.uri));
    const [header = '', first = ''] = text.split(/\r?\n/, 2);
    return first.split(',')[header.split(',').indexOf('source')] === 'simulated';
  } catch (error) {
    if (!(error instanceof FileLostError)) throw error;
    return false;
  }
}

/** Rows that are about to be loaded. */
export interface Coming {
  readonly origin: Origin;
  /** The command that loads them. */
  readonly command: 'start' | 'import' | 'ingest' | 'simulate' | 'fetch';
}

/**
 * Whether rows can be loaded as things are, or only after the simulated league of the home has been forgotten (`replace`):
 * `start` may do that with a home of the embedded target. Nothing is written.
 * @throws RequestError that names both ways out, when the rows would be mixed with others
 */
export async function admit(ports: OriginPorts, coming: Coming): Promise<'load' | 'replace'> {
  const mayReplace = coming.command === 'start' && ports.config.target === 'embedded';
  const home = await originOf(ports);
  const admission = admissionOf(home, coming.origin, mayReplace);
  if (admission === 'refuse') throw mixture(ports.config, home, coming);
  return admission;
}

/**
 * Writes down where the rows come from that are about to be loaded. The process that does the work calls it, after
 * {@link admit}: another process may have loaded others in the meantime.
 * @throws RequestError when the rows would be mixed with others
 */
export async function claimOrigin(ports: OriginPorts, coming: Coming): Promise<void> {
  const home = await originOf(ports);
  if (admissionOf(home, coming.origin, false) !== 'load') throw mixture(ports.config, home, coming);
  const stored = await storedOrigin(ports);
  if (stored === undefined || !isSameOrigin(stored, coming.origin)) {
    const at = ports.clock().toISOString();
    await writeJournal(ports, `${at}-origin`, { kind: 'origin', at, origin: coming.origin });
  }
  await writeOrigin(ports, coming.origin);
}

function mixture(
  config: OriginPorts['config'],
  home: Origin | undefined,
  { command, origin }: Coming,
): RequestError {
  const [there, more] = [home === undefined ? 'nothing' : originText(home), originText(origin)];
  return new RequestError(
    `${placeOf(config)} holds ${there}; ${command} would mix ${more} into it. Nothing was written. ${waysOut(config)}`,
  );
}

function placeOf({ target, home, cloud }: OriginPorts['config']): string {
  return target === 'gcp' ? `The project ${cloud.project}` : home;
}

/** Two ways out of a mixture: to forget what is there, or to work elsewhere. */
function waysOut({ target }: OriginPorts['config']): string {
  switch (target) {
    case 'embedded':
      return 'Either forget what it holds with: fullcourt reset, or use another home: set FULLCOURT_HOME to another folder';
    case 'emulator':
      return 'Either begin with empty emulators: end fullcourt serve and start it again, or use another home: set FULLCOURT_HOME to another folder';
    case 'gcp':
      return 'Either use another project: set FULLCOURT_PROJECT, or a copy beside this one: set FULLCOURT_DATASET_PREFIX';
    default:
      return target satisfies never;
  }
}
