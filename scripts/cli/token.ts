/** The token that publishing over HTTP to a home needs. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RequestError } from '../../shared/domain/failure.ts';

/** The file with the token that publishing over HTTP needs. */
export function tokenFile(home: string): string {
  return join(home, 'token');
}

/** The token of a home; it is made at the first use, and only the owner of the home can read it. */
export function tokenOf(home: string): string {
  const file = tokenFile(home);
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  const token = readFileSync(file, 'utf8').trim();
  if (token.length < 20) throw new RequestError(`${file} holds no token; delete it, and a new one is made`);
  return token;
}
