/** A command on Google Cloud says how to log in, and where its database is, instead of how its clients failed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { advised } from '../../functions/targets/cloud/login.ts';
import { readConfig } from '../../shared/config.ts';
import { commandLine, COMPILED } from '../support/command-line.ts';
import { removeFolder } from '../support/remove-folder.ts';

const home = mkdtempSync(join(tmpdir(), 'fullcourt-nobody-'));
afterAll(() => removeFolder(home));

describe('a command on the target gcp without credentials', () => {
  it.each([['status'], ['query', 'SELECT 1 AS x'], ['dead-letters']])(
    '%s says how to log in, in one line',
    (...args) => {
      const [program, ...first] = commandLine();
      const { status, stdout, stderr } = spawnSync(program, [...first, ...args], {
        encoding: 'utf8',
        // A machine that is not in Google Cloud, with nobody logged in.
        env: {
          HOME: home,
          NO_COLOR: '1',
          NODE_COMPILE_CACHE: COMPILED,
          FULLCOURT_TARGET: 'gcp',
          FULLCOURT_PROJECT: 'hoops-1234',
          METADATA_SERVER_DETECTION: 'none',
        },
      });
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(
        /^error: there is no login .*run gcloud auth application-default login[^\n]*\n$/,
      );
    },
  );
});

describe('an error of a client', () => {
  const config = readConfig({ FULLCOURT_TARGET: 'gcp', FULLCOURT_PROJECT: 'hoops-1234' });
  const said = async (text: string): Promise<string> => String(await advised(new Error(text), config));

  it('that is about the login says how to log in', async () => {
    for (const text of [
      'invalid_grant: Bad Request',
      '16 UNAUTHENTICATED: Request had invalid credentials',
      'invalid_rapt',
    ])
      expect(await said(text)).toContain('gcloud auth application-default login');
  });

  it('that is about the database names it, and the one of an early deployment', async () => {
    expect(await said('5 NOT_FOUND: The database fullcourt does not exist for project hoops-1234')).toMatch(
      /no database fullcourt: .*FULLCOURT_DATABASE='\(default\)'/,
    );
  });

  it('of another kind stays as it is', async () => {
    expect(await said('7 PERMISSION_DENIED: Missing or insufficient permissions.')).toBe(
      'Error: 7 PERMISSION_DENIED: Missing or insufficient permissions.',
    );
  });
});
