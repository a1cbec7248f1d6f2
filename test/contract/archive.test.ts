/** What every archive of source files promises, held by each of them. */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileArchive } from '../../shared/adapters/embedded/file-archive.ts';
import { storageClient } from '../../shared/adapters/gcp/clients.ts';
import { GoogleError } from '../../shared/adapters/gcp/google-failure.ts';
import { storageArchive } from '../../shared/adapters/gcp/storage-archive.ts';
import { archiveOver } from '../../functions/targets/simulated/archive-over.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { FileLostError } from '../../shared/domain/failure.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import { startStorageServer, type StorageServer } from '../support/storage-server.ts';
import { tempFolder } from '../support/temp-folder.ts';

const folder = tempFolder();
let folders = 0;
let server: StorageServer;
const BUCKET = 'demo-archive';
const openStorage = (bucket = BUCKET): ArchiveStore =>
  storageArchive(
    { project: 'demo', bucket },
    { client: () => storageClient({ project: 'demo' }, server.host) },
  );

beforeAll(async () => {
  server = await startStorageServer([BUCKET]);
});
afterAll(() => server.close());

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const everyByte = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe.each([
  ['in memory', () => memoryArchive()],
  ['in a folder', () => fileArchive(join(folder, String((folders += 1))))],
  ['over another one', () => archiveOver(memoryArchive())],
  ['in Cloud Storage', () => openStorage()],
] as const)('an archive %s', (_name, open: () => ArchiveStore) => {
  it.each([
    ['text', bytesOf('game_id,points\n0022300001,31\n')],
    ['every byte', everyByte],
    ['line ends and boundaries', bytesOf('\r\n\r\n--\r\n\u0000é😀\r\n')],
    ['nothing', new Uint8Array()],
  ])('gives back the bytes it was given: %s', async (_what, bytes) => {
    const archive = open();
    const { uri } = await archive.put('player_box_2023-24.csv', bytes);

    expect(Buffer.from(await archive.get(uri)).equals(bytes)).toBe(true);
  });

  it('names the same bytes the same, by their SHA-256', async () => {
    const archive = open();
    const first = await archive.put('lines.csv', bytesOf('same'));
    const second = await archive.put('lines.csv', bytesOf('same'));
    const other = await archive.put('lines.csv', bytesOf('other'));

    expect(second).toEqual(first);
    expect(other.uri).not.toBe(first.uri);
    expect(first.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Buffer.from(await archive.get(first.uri)).toString()).toBe('same');
  });

  it('does not see what a writer does with its bytes afterwards', async () => {
    const archive = open();
    const bytes = bytesOf('before');
    const { uri } = await archive.put('a.csv', bytes);
    bytes.fill(0);

    expect(Buffer.from(await archive.get(uri)).toString()).toBe('before');
  });

  it('keeps the same bytes put many times at once', async () => {
    const archive = open();
    const put = await Promise.all(Array.from({ length: 5 }, () => archive.put('b.csv', bytesOf('at once'))));

    expect(new Set(put.map(({ uri }) => uri)).size).toBe(1);
    expect(Buffer.from(await archive.get(put[0]?.uri ?? '')).toString()).toBe('at once');
  });

  it('takes a name with folders in it for a name', async () => {
    const archive = open();
    const { uri } = await archive.put('../../etc/c d.csv', bytesOf('c'));

    expect(uri).not.toContain('..');
    expect(Buffer.from(await archive.get(uri)).toString()).toBe('c');
  });

  it('keeps what is written beside the files under its path, and replaces it', async () => {
    const archive = open();
    expect(await archive.read('journal/2024-06-01.json')).toBeUndefined();
    expect(await archive.list('journal')).toEqual([]);
    await archive.write('journal/2024-06-02.json', bytesOf('second'));
    await archive.write('journal/2024-06-01.json', bytesOf('first'));
    await archive.write('by-date/abc-2023-24', everyByte);
    await archive.write('journal/2024-06-01.json', bytesOf('corrected'));

    expect(Buffer.from((await archive.read('journal/2024-06-01.json')) ?? []).toString()).toBe('corrected');
    expect(Buffer.from((await archive.read('by-date/abc-2023-24')) ?? []).equals(everyByte)).toBe(true);
    expect(await archive.list('journal')).toEqual(['journal/2024-06-01.json', 'journal/2024-06-02.json']);
    expect(await archive.list('journal', 1)).toEqual(['journal/2024-06-01.json']);
  });

  it.each(['../out.json', 'journal', 'journal/../out.json', '/etc/passwd', 'journal/a/b', ''])(
    'has no path %j beside the files',
    async (path) => {
      const archive = open();
      await expect((async () => archive.write(path, bytesOf('x')))()).rejects.toThrow(Error);
      await expect((async () => archive.read(path))()).rejects.toThrow(Error);
    },
  );

  it('refuses what it does not hold', async () => {
    const archive = open();
    const { uri } = await archive.put('d.csv', bytesOf('d'));
    const missing = uri.replace(/[0-9a-f]{8}/, (hex) => (hex === '00000000' ? '11111111' : '00000000'));

    for (const lost of [missing, 'elsewhere:d.csv', '']) {
      const error = await archive.get(lost).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(FileLostError);
      expect(error).toMatchObject({ what: 'missing', message: expect.stringContaining(lost) as string });
    }
  });
});

describe('an archive whose files were changed behind its back', () => {
  it('refuses an object of Cloud Storage whose bytes are not those that were put there', async () => {
    const archive = openStorage();
    const { uri } = await archive.put('e.csv', bytesOf('as it came'));
    for (const [name, object] of server.objects)
      if (uri.endsWith(name)) object.bytes = Buffer.from('changed');

    await expect(archive.get(uri)).rejects.toMatchObject({ name: 'FileLostError', what: 'damaged' });
    await archive.put('e.csv', bytesOf('as it came'));
    expect(Buffer.from(await archive.get(uri)).toString()).toBe('as it came');
  });

  it('is repaired in a folder by the right bytes', async () => {
    const place = join(folder, 'changed');
    const archive = fileArchive(place);
    const { uri } = await archive.put('j.csv', bytesOf('as it came'));
    writeFileSync(join(place, uri.slice(uri.indexOf(':') + 1)), 'as it c4me');
    await archive.put('j.csv', bytesOf('as it came'));
    expect(Buffer.from(await archive.get(uri)).toString()).toBe('as it came');
  });
});

describe('the requests of an archive in Cloud Storage', () => {
  it('ask for an object that is not there, and look whether one that is there is sound', async () => {
    const archive = openStorage();
    const before = server.requests.length;
    await archive.put('f.csv', bytesOf('once'));
    await archive.put('f.csv', bytesOf('once'));
    const path = `/upload/storage/v1/b/${BUCKET}/o`;

    expect(server.requests.slice(before)).toEqual([
      { method: 'POST', path, status: 200 },
      { method: 'POST', path, status: 412 },
      {
        method: 'GET',
        path: expect.stringMatching(/^\/storage\/v1\/b\/demo-archive\/o\/.+f\.csv$/),
        status: 200,
      },
    ]);
    const stored = server.objects.get(`${BUCKET}/${sha256(bytesOf('once'))}/f.csv`);
    expect(stored?.metadata).toEqual({ sha256: sha256(bytesOf('once')) });
  });

  it('are tried again when the service fails, and harm nothing', async () => {
    const archive = openStorage();
    server.failNext(503, 1);
    const { uri } = await archive.put('g.csv', bytesOf('again'));
    server.failNext(503, 1);

    expect(Buffer.from(await archive.get(uri)).toString()).toBe('again');
  });

  it('do not take a service that goes on failing for a lost file', async () => {
    const archive = openStorage();
    const { uri } = await archive.put('k.csv', bytesOf('k'));
    server.failNext(503, 4);

    const error = await archive.get(uri).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GoogleError);
    expect(error).not.toBeInstanceOf(FileLostError);
  });

  it('say what is wrong when there is no such bucket', async () => {
    const failure = await openStorage('no-such-bucket')
      .put('h.csv', bytesOf('h'))
      .catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(GoogleError);
    expect((failure as GoogleError).failure).toMatchObject({ kind: 'permanent', code: 'storage_404' });
    expect((failure as GoogleError).failure.detail).toMatch(/bucket does not exist/);
  });
});

describe('the files of an archive in a folder', () => {
  it('are not lost when they cannot be read', async () => {
    const place = join(folder, 'unreadable');
    const archive = fileArchive(place);
    const { uri } = await archive.put('l.csv', bytesOf('l'));
    const path = join(place, uri.slice(uri.indexOf(':') + 1));
    rmSync(path);
    mkdirSync(path);

    const error = await archive.get(uri).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'EISDIR' });
    expect(error).not.toBeInstanceOf(FileLostError);
  });

  it('are written again when half of one is there', async () => {
    const place = join(folder, 'half');
    const archive = fileArchive(place);
    const { uri } = await archive.put('i.csv', bytesOf('whole'));
    writeFileSync(join(place, uri.slice(uri.indexOf(':') + 1)), 'who');
    await archive.put('i.csv', bytesOf('whole'));

    expect(Buffer.from(await archive.get(uri)).toString()).toBe('whole');
  });
});

describe('an archive over another one', () => {
  it('shows what is below with what was put over it, and writes nothing below', async () => {
    const below = memoryArchive();
    const { uri } = await below.put('a.csv', bytesOf('a'));
    await below.write('journal/1.json', bytesOf('1'));
    const archive = archiveOver(below);
    const put = await archive.put('b.csv', bytesOf('b'));
    await archive.write('journal/2.json', bytesOf('2'));
    await archive.write('journal/1.json', bytesOf('3'));
    expect(await archive.list('journal')).toEqual(['journal/1.json', 'journal/2.json']);
    expect(await archive.read('journal/1.json')).toEqual(bytesOf('3'));
    expect([await archive.get(uri), await archive.get(put.uri)]).toEqual([bytesOf('a'), bytesOf('b')]);
    expect(await below.list('journal')).toEqual(['journal/1.json']);
    expect(await below.read('journal/1.json')).toEqual(bytesOf('1'));
    await expect(below.get(put.uri)).rejects.toThrow(FileLostError);
  });
});
