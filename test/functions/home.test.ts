/** Where a home may be, and who may read it. */
import { chmodSync, mkdirSync, mkdtempSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { prepareHome } from '../../functions/targets/embedded/home.ts';
import { readConfig } from '../../shared/config.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { removeFolder } from '../support/remove-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'fullcourt-home-'));
afterAll(() => removeFolder(folder));
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const prepared = (name: string, env: Record<string, string> = {}): string => {
  const home = join(folder, name);
  prepareHome(readConfig({ FULLCOURT_HOME: home, ...env }));
  return home;
};

describe('rights', () => {
  it('a new home is for its owner alone, and the folders above it are as usual', () => {
    expect(modeOf(prepared('above/new'))).toBe('700');
    expect(modeOf(join(folder, 'above'))).not.toBe('700');
  });

  it('FULLCOURT_HOME_MODE=0750 lets a group in, also into a home that is there', () => {
    expect(modeOf(prepared('group', { FULLCOURT_HOME_MODE: '0750' }))).toBe('750');
    expect(modeOf(prepared('above/new', { FULLCOURT_HOME_MODE: '0750' }))).toBe('750');
    expect(modeOf(prepared('group'))).toBe('750');
  });

  it('a home that everybody may read is closed; a folder with other files stays as it is', () => {
    for (const name of ['open', 'project']) {
      mkdirSync(join(folder, name));
      chmodSync(join(folder, name), 0o755);
      writeFileSync(join(folder, name, 'state.sqlite'), '');
    }
    writeFileSync(join(folder, 'project', 'package.json'), '');
    expect([modeOf(prepared('open')), modeOf(prepared('project'))]).toEqual(['700', '755']);
  });

  it.each(['0777', '0755', 'rwx'])('the mode %s is refused', (mode) =>
    expect(() => readConfig({ FULLCOURT_HOME_MODE: mode })).toThrow('must be 0700'),
  );
});

describe('a place that is none is refused at once', () => {
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('/proc/self', join(folder, 'link'));

  it.each([
    ['a file', join(folder, 'file'), 'is a file and no folder'],
    ['below a file', join(folder, 'file', 'home'), 'lies below a file'],
    ['below /proc', '/proc/fullcourt', 'lies in /proc'],
    ['deep below /proc', '/proc/self/a/b', 'lies in /proc'],
    ['below /proc through a link', join(folder, 'link', 'a'), 'lies in /proc'],
    ['below /sys', '/sys/fullcourt', 'lies in /sys'],
    ['a device', '/dev/null', 'is a file and no folder'],
  ])('%s', (_what, home, says) => {
    const open = (): void => prepareHome({ home, homeMode: undefined });
    expect(open).toThrow(RequestError);
    expect(open).toThrow(`FULLCOURT_HOME is ${home}, which ${says}`);
  });
});
