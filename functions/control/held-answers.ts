/**
 * Which answers of sources the archive still speaks by. Such an answer need not be sent again. One that a person has imported over,
 * or that was lost, is asked for whole.
 */
import { hash } from 'node:crypto';
import type { Archive, ArchivedEntry } from '../../shared/domain/archive.ts';
import { FileLostError } from '../../shared/domain/failure.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { KeptAnswer } from '../../shared/domain/source-state.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { noteKept, type AskedHost } from '../../shared/state/source-states.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import type { Asked } from '../sources/ask.ts';
import { fileNameOf, payloadFileOf } from '../sources/payload-files.ts';

interface HeldPorts {
  readonly store: StateStore;
}

/** Makes what tells, for as long as a command runs, whether the archive still has all of an answer that it was given, and its bytes. */
export function heldAnswersOf(
  ports: HeldPorts & { readonly archive: Pick<ArchiveStore, 'get'> },
): (name: string, kept: KeptAnswer) => Promise<boolean> {
  const known = new Map<Season, Promise<readonly (Archive | undefined)[]>>();
  return async (name, { sha256, subjects }) => {
    const season = payloadFileOf(name)?.season;
    if (season === undefined) return false;
    const archives = known.get(season) ?? archivesIn(ports, season);
    known.set(season, archives);
    if (subjectsOf(await archives, name, sha256) !== subjects) return false;
    const [held] = (await archives).flatMap((archive) => entriesIn(archive, name, sha256));
    const uri = held?.[1].uri;
    return uri !== undefined && hasBytes(ports.archive, uri);
  };
}

/** Whether the archive has the bytes. @throws Error when it does not answer */
async function hasBytes(archive: Pick<ArchiveStore, 'get'>, uri: string): Promise<boolean> {
  try {
    await archive.get(uri);
    return true;
  } catch (error) {
    if (error instanceof FileLostError) return false;
    throw error;
  }
}

/** Notes the answers that were archived and loaded, so that they are asked for with their validators from now on. */
export async function rememberAnswers(
  ports: HeldPorts,
  host: AskedHost,
  answers: readonly Asked[],
  now: Date,
): Promise<void> {
  const archivesOfSeason = new Map<Season, readonly (Archive | undefined)[]>();
  for (const { name, bytes, status, validators } of answers) {
    const season = payloadFileOf(name)?.season;
    if (status !== 'fetched' || bytes === undefined || validators === undefined || season === undefined)
      continue;
    const archives = archivesOfSeason.get(season) ?? (await archivesIn(ports, season));
    archivesOfSeason.set(season, archives);
    const sha256 = hash('sha256', bytes, 'hex');
    const subjects = subjectsOf(archives, name, sha256);
    if (subjects > 0)
      await noteKept(ports, host, name, { ...validators, sha256, subjects, at: now.toISOString() });
  }
}

function archivesIn(ports: HeldPorts, season: Season): Promise<readonly (Archive | undefined)[]> {
  return archivesOf(
    ports,
    RAW_LOADS.all.map(({ definition }) => definition.name),
    season,
  );
}

/**
 * How many games, teams and lines the archive has from an answer; 0 while a game waits for a second observation that it is gone, for
 * which the answer has to be read again.
 */
function subjectsOf(archives: readonly (Archive | undefined)[], name: string, sha256: string): number {
  let subjects = 0;
  for (const archive of archives) {
    if (archive?.leaving?.some(({ hasLeft }) => !hasLeft) === true) return 0;
    const keys = new Set(entriesIn(archive, name, sha256).map(([key]) => key));
    if (keys.size === 0) continue;
    for (const slice of Object.values(archive?.slices ?? {}).flat())
      if (keys.has(slice.entry)) subjects += slice.subjects.length;
  }
  return subjects;
}

/** The entries that an answer has in an archive, with their keys. */
function entriesIn(archive: Archive | undefined, name: string, sha256: string): [string, ArchivedEntry][] {
  return Object.entries(archive?.entries ?? {}).filter(
    ([, entry]) => entry.sha256 === sha256 && fileNameOf(entry.name) === name,
  );
}
