/**
 * The record of what was asked for a backfill. Each sound answer is archived and written down before anything else is done with it, so
 * that neither a process that ends in the middle nor a second backfill asks for it again: the answer is read from the archive.
 */
import { FileLostError } from '../../shared/domain/failure.ts';
import { digest } from '../../shared/domain/hash.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Ask, Asked } from '../sources/ask.ts';
import { judgedAgain } from '../sources/judge.ts';
import type { Endpoint, Source } from '../sources/source.ts';

/** What is asked about games and moments of the past is told for good. Lists of dates and seasons grow: they are asked for anew after so many hours. */
const HOURS_OF_LISTS = 12;

interface Told {
  /** Where the archive has the answer. */
  readonly uri: string;
  /** When it was asked for (ISO, UTC). */
  readonly at: string;
}

/** Asks a source only for what it has not told yet. @param now the business time */
export function askOnce(
  archive: Pick<ArchiveStore, 'get' | 'put' | 'read' | 'write'>,
  source: Source,
  ask: Ask,
  now: Date,
): Ask {
  return async (name, subject, start) => {
    const endpoint = source.endpoints[name];
    const file = `${source.name}.${name}.${subject}.json`;
    if (endpoint === undefined) throw new Error(`${source.name} has no ${name}`);
    // Two kinds of questions may have one answer: the list of games leads to lines on games and to lines on players.
    const path = `told/${source.name}.${digest(endpoint.path(subject))}.json`;
    const before = await toldBefore(archive, endpoint, path, now);
    if (before !== undefined) {
      const question = { source, endpoint, name: file, subject, now, kept: undefined };
      const { status, detail, bytes, leads = [], starts = new Map() } = judgedAgain(before, question);
      const nothing = { validators: undefined, credits: null, tries: 0, seconds: 0 };
      if (status === 'fetched') return { name: file, status, detail, bytes, leads, starts, ...nothing };
    }
    const asked = await ask(name, subject, start);
    await writeDown(archive, path, asked, now);
    return asked;
  };
}

async function toldBefore(
  archive: Pick<ArchiveStore, 'get' | 'read'>,
  { about, rhythm }: Endpoint,
  path: string,
  now: Date,
): Promise<Uint8Array | undefined> {
  const written = await archive.read(path);
  if (written === undefined) return undefined;
  const { uri, at } = JSON.parse(new TextDecoder().decode(written)) as Told;
  const isList = (about === 'date' || about === 'season') && rhythm !== 'history';
  if (isList && now.getTime() - Date.parse(at) > HOURS_OF_LISTS * 3_600_000) return undefined;
  try {
    return await archive.get(uri);
  } catch (error) {
    if (error instanceof FileLostError) return undefined;
    throw error;
  }
}

async function writeDown(
  archive: Pick<ArchiveStore, 'put' | 'write'>,
  path: string,
  { name, status, bytes, original }: Asked,
  now: Date,
): Promise<void> {
  if (status !== 'fetched' || bytes === undefined) return;
  if (original !== undefined) await archive.put(original.name, original.bytes);
  const { uri } = await archive.put(name, bytes);
  const told: Told = { uri, at: now.toISOString() };
  await archive.write(path, new TextEncoder().encode(JSON.stringify(told)));
}
